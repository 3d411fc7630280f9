"""Exotel's edge, as its documentation describes the vSIP trunk: real SIP over TCP from an address of its own.

Calls to the Exophone come from the edge. Outbound calls go to it, and are refused unless they come
from the account's domain and a caller id that is registered. TLS with SDES is the part of
`phones.baresip`, by way of `tls_relay`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from phones.phone import Line, Phone
from phones.sdp import PCMA, PCMU, SdpError, read_media
from phones.sip import SipMessage
from phones.trace import End

EDGE_HOST = "127.0.0.2"
INBOUND_EVENTS, OUTBOUND_EVENTS = 96, 101
"""telephone-event's payload type, as the edge offers it, and as it answers."""


@dataclass(frozen=True)
class ExotelEdge:
    """One account at one edge. `line` names the programs; host, transport and payload types are the edge's own."""

    line: Line
    account_sid: str
    exophone: str
    """+91…, registered as caller id."""
    host: str = EDGE_HOST

    @property
    def domain(self) -> str:
        """The From domain of the account's outbound calls."""
        return f"{self.account_sid}.pstn.exotel.com"

    async def deliver(self, caller: str, to: tuple[str, int], **headers: str) -> Phone:
        """A person with number `caller` calls the Exophone: the edge calls `to` (host, port)."""
        return await Phone.call(
            self._line(INBOUND_EVENTS),
            f"sip:{self.exophone}@{to[0]}:{to[1]}",
            caller=caller,
            to_header=f"<sip:{self.exophone}@{to[0]}>",
            headers={
                "P-Asserted-Identity": f"<sip:{caller}@{self.host}>",
                "X-Exotel-CallSid": uuid.uuid4().hex,
                "X-Exotel-LegSid": uuid.uuid4().hex,
                "X-Exotel-TrunkSid": f"trmum{uuid.uuid4().hex[:20]}",
                **headers,
            },
            send_to=to,
            name=f"Exotel for {caller}",
        )

    async def listen(self, port: int = 0) -> Phone:
        """Wait for one outbound call on `phone.sip_port`; to be judged by `admit`."""
        return await Phone.listen(self._line(OUTBOUND_EVENTS), sip_port=port, name="Exotel")

    async def admit(self, phone: Phone, timeout_s: float | None = None) -> End | None:
        """Take the INVITE, and refuse it if Exotel would. None when the callee may be rung and picked up."""
        status = refusal(await phone.invited(timeout_s), self.domain, self.exophone)
        return await phone.refuse(status) if status else None

    @asynccontextmanager
    async def tls_relay(self, to: tuple[str, int], certificate: Path, key: Path) -> AsyncIterator[tuple[str, int]]:
        """An address of the edge that leads to the SIP/TLS at `to`, TLS on both sides.

        baresip can't choose the address that it calls from; by way of this, its calls come from the edge's.
        """
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        relay = _Relay(self.host, to)
        server = await asyncio.start_server(relay.serve, self.host, 0, ssl=context)
        relay.own = self.host, server.sockets[0].getsockname()[1]
        try:
            yield relay.own
        finally:
            server.close()

    def _line(self, event_payload: int) -> Line:
        return replace(self.line, host=self.host, transport="tcp", payloads=(PCMA, PCMU), event_payload=event_payload)


class _Relay:
    """Copies SIP between two TLS connections; each side sees the relay's address in place of the other's."""

    def __init__(self, host: str, to: tuple[str, int]) -> None:
        self.own = (host, 0)
        self._to = to

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        far_reader, far_writer = await asyncio.open_connection(*self._to, ssl=context, local_addr=(self.own[0], 0))
        own, far = ("{}:{}".format(*address).encode() for address in (self.own, self._to))
        await asyncio.gather(_copy(reader, far_writer, own, far), _copy(far_reader, writer, far, own))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: bytes, instead: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data.replace(address, instead))
            await writer.drain()
    writer.close()


def refusal(invite: SipMessage, domain: str, exophone: str) -> int:
    """The code with which an outbound INVITE is refused; 0 when it is as documented.

    403 for another From domain or a caller id that isn't registered, 404 for a callee that is no +91 number, 488 for an
    offer without G.711.
    """
    caller = re.search(r"<sips?:([^@>]+)@([^:;>]+)", invite.header("From"))
    if not caller or caller[2] != domain or caller[1] != exophone:
        return 403
    if not re.match(r"sips?:\+91\d{10}@", invite.request_uri):
        return 404
    try:
        offered = read_media(invite.body)
    except SdpError:
        return 488
    return 0 if {PCMA, PCMU} & set(offered.payloads) else 488
