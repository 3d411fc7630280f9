"""A bare SIP peer for tests of the trunks: sends the text of a message, and gives back what comes."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import uuid
from typing import Protocol

_LIMIT_S = 10.0


class Wire(Protocol):
    """Carries whole SIP messages."""

    local: tuple[str, int]
    transport: str

    async def send(self, text: str) -> None: ...

    async def receive(self) -> str: ...

    def close(self) -> None: ...


class UdpWire:
    """One UDP socket of loopback."""

    transport = "UDP"

    def __init__(self, host: str, remote: tuple[str, int]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self.local: tuple[str, int] = self._socket.getsockname()
        self._remote = remote

    async def send(self, text: str) -> None:
        await asyncio.get_running_loop().sock_sendto(self._socket, text.encode(), self._remote)

    async def receive(self) -> str:
        async with asyncio.timeout(_LIMIT_S * 3):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 65535)).decode()

    def close(self) -> None:
        self._socket.close()


class StreamWire:
    """One TCP or TLS connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.transport = "TLS" if writer.get_extra_info("ssl_object") else "TCP"
        self.local: tuple[str, int] = writer.get_extra_info("sockname")

    @classmethod
    async def connect(cls, host: str, remote: tuple[str, int], tls: ssl.SSLContext | None = None) -> StreamWire:
        """Call from `host`."""
        return cls(*await asyncio.open_connection(*remote, local_addr=(host, 0), ssl=tls))

    async def send(self, text: str) -> None:
        self._writer.write(text.encode())
        await self._writer.drain()

    async def receive(self) -> str:
        async with asyncio.timeout(_LIMIT_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"^Content-Length: *(\d+)", head, re.MULTILINE | re.IGNORECASE)
            return head + (await self._reader.readexactly(int(length[1]) if length else 0)).decode()

    def close(self) -> None:
        self._writer.close()


class Edge:
    """A TCP or TLS listener that Asterisk calls: `connection()` is the first one that was made to it."""

    def __init__(self) -> None:
        self._wire: asyncio.Future[StreamWire] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, tls: ssl.SSLContext | None = None) -> int:
        """Start to listen; gives the port."""
        self._server = await asyncio.start_server(self._accept, host, 0, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def connection(self) -> StreamWire:
        async with asyncio.timeout(_LIMIT_S):
            return await self._wire

    def close(self) -> None:
        if self._server:
            self._server.close()
        if self._wire.done():
            self._wire.result().close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._wire.done():
            self._wire.set_result(StreamWire(reader, writer))


def request(
    method: str, uri: str, wire: Wire, *headers: str, body: str = "", caller: str = "+919800000001", call_id: str = ""
) -> str:
    """The text of a request outside, or of the ACK inside, a dialog."""
    host, port = wire.local
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/{wire.transport} {host}:{port};rport;branch=z9hG4bK{uuid.uuid4().hex}",
        "Max-Forwards: 70",
        f"From: <sip:{caller}@{host}>;tag=from",
        f"Call-ID: {call_id or uuid.uuid4().hex}",
        f"CSeq: 1 {method}",
        f"Contact: <sip:{caller}@{host}:{port};transport={wire.transport.lower()}>",
        *(() if any(line.startswith("To:") for line in headers) else (f"To: <{uri}>",)),
        *headers,
        *(("Content-Type: application/sdp",) if body else ()),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def response(to: str, status: str) -> str:
    """The text of an answer to a request."""
    lines = [line for line in to.split("\r\n") if re.match(r"(Via|From|To|Call-ID|CSeq):", line)]
    lines = [line + ";tag=to" if line.startswith("To:") and "tag=" not in line else line for line in lines]
    return "\r\n".join([f"SIP/2.0 {status}", *lines, "Content-Length: 0"]) + "\r\n\r\n"


def offer(host: str, port: int, payload_types: str = "8 0 96") -> str:
    """SDP as Exotel offers it: A-law, µ-law, telephone-event 96."""
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {payload_types}",
    ]
    lines += ["a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000", "a=rtpmap:96 telephone-event/8000", "a=fmtp:96 0-16"]
    return "\r\n".join([*lines, "a=ptime:20", "a=sendrecv"]) + "\r\n"


async def final_answer(wire: Wire) -> str:
    """The next message that is no provisional response."""
    while (message := await wire.receive()).startswith("SIP/2.0 1"):
        pass
    return message


def status(message: str) -> int:
    """Of a response."""
    return int(message.split(" ", 2)[1])


def header(message: str, name: str) -> str:
    """The value of the first header of that name; "" when there is none."""
    found = re.search(rf"^{name}: *(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
