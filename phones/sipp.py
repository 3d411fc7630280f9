"""One SIPp process for one call, and the twin socket over which it reports and is told what to do.

SIPp's third-party call control (-3pcc) has two of its processes exchange commands over TCP, each ended by an escape
character and matched to a call by its Call-ID. Here the other side is this module: `sendCmd` in the scenario is a
report, `recvCmd` an order. When the connection closes, SIPp ends.
"""

from __future__ import annotations

import contextlib
import random
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from phones.errors import PhoneError
from phones.programs import Programs
from phones.sip import SipMessage, TimedMessage, read_message_log
from phones.twin import Twin

Transport = Literal["udp", "tcp"]
_PORTS = range(20_000, 32_000)
_LIFE_S = 1800
_START_S = 5.0
_EXIT_S = 2.0
_MODES = {"udp": "u1", "tcp": "t1"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a scenario reports: its event, and the SIP message that it was about, if any."""

    event: str
    message: SipMessage | None


@dataclass(frozen=True, slots=True)
class Socket:
    """Where a SIPp sends from or listens."""

    host: str
    port: int
    transport: Transport


class Signalling(Protocol):
    """A phone's way to its SIP: a SIPp of its own (`Sipp`), or its part of one that carries many calls."""

    def order(self, code: int) -> None:
        """Tell the scenario what to answer (a status code), or to hang up (0). Raises `PhoneError`."""

    def messages(self) -> tuple[TimedMessage, ...]:
        """Every SIP message of the call so far."""

    def complaint(self) -> str:
        """What SIPp complained of, last."""

    async def close(self) -> None:
        """Free it. Idempotent."""


class Sipp:
    """A running SIPp. `on_report` is called for each report, `on_exit` once with its exit status (on the loop)."""

    def __init__(self, on_report: Callable[[Report], None], on_exit: Callable[[int], None]) -> None:
        self._on_report = on_report
        self._call_id = ""
        self._twin = Twin("phone-", self._report, on_exit, start_s=_START_S, exit_s=_EXIT_S)

    async def start(
        self, programs: Programs, scenario: str, local: Socket, remote: str = "", call_id: str = ""
    ) -> None:
        """Start it and wait until it listens. `remote` (host:port) is whom a caller calls; a callee has none.

        Raises `PhoneError` with what SIPp said, when it does not start.
        """
        self._call_id = call_id
        port = await self._twin.listen()
        (self._twin.folder / "scenario.xml").write_text(scenario, encoding="utf-8")
        await self._twin.start([*programs.command("sipp"), *self._arguments(local, remote, port)])

    def order(self, code: int) -> None:
        """Tell the scenario, which must be at a recvCmd, what to answer (a status code), or to hang up (0).

        Raises `PhoneError` when SIPp is gone.
        """
        self._twin.send(f"Call-ID: {self._call_id}\r\nCode: {code}\r\n\r\n")

    def messages(self) -> tuple[TimedMessage, ...]:
        """Every SIP message so far, as SIPp logged it."""
        log = self._twin.folder / "messages.log"
        return read_message_log(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else ()

    def complaint(self) -> str:
        """What SIPp said on its standard error and in its error log, the last lines of it."""
        return self._twin.complaint()

    async def close(self) -> None:
        """End it, whatever it does, and remove its files. Idempotent."""
        await self._twin.close()

    def _arguments(self, local: Socket, remote: str, twin: int) -> list[str]:
        arguments = [remote] if remote else []
        arguments += ["-sf", "scenario.xml", "-m", "1", "-nostdin", "-skip_rlimit", "-timeout", str(_LIFE_S)]
        arguments += ["-i", local.host, "-bind_local", "-p", str(local.port), "-t", _MODES[local.transport]]
        arguments += ["-3pcc", f"127.0.0.1:{twin}", "-aa", "-default_behaviors", "all,-abortunexp"]
        arguments += ["-trace_msg", "-message_file", "messages.log", "-trace_err", "-error_file", "errors.log"]
        return arguments + (["-cid_str", self._call_id] if self._call_id else [])

    def _report(self, text: str) -> None:
        head, _, message = text.lstrip().partition("\r\n\r\n")
        if found := re.search(r"^Call-ID: *(\S+)", head, re.MULTILINE | re.IGNORECASE):
            self._call_id = found[1]
        event = re.search(r"^Event: *(\S+)", head, re.MULTILINE)
        self._on_report(Report(event[1] if event else "abort", SipMessage(message) if message.strip() else None))


def free_port(host: str) -> int:
    """A port of `host` that is free for UDP and for TCP.

    Below those that the system itself gives away (32768 and more): it may be bound a good while later.
    """
    for port in random.sample(_PORTS, 50):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            contextlib.suppress(OSError),
        ):
            tcp.bind((host, port))
            udp.bind((host, port))
            return port
    raise PhoneError(f"expected a free port on {host}, found none in 50 tries")
