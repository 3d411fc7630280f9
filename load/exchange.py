"""One SIPp for many calls, and the twin socket over which it reports on each and is told what to do (see phones.sipp).

SIPp sets the pace of the calls that it makes; whose call a report is about is told by `assign` when it is the first.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from phones.phone import Line, Phone
from phones.programs import Programs
from phones.sip import SipMessage, TimedMessage, read_message_log
from phones.sipp import Report
from phones.twin import Twin

Assign = Callable[[Report], "Seat | None"]
"""Whose call it is that SIPp reports on for the first time; None: nobody's, and it is refused."""
_LONGEST_COMMAND = 65_536
_START_S = 10.0
_EXIT_S = 3.0
_ENDS = frozenset({"bye", "hung-up", "failed", "cancelled", "refused", "lost", "abort"})
_UNAVAILABLE = 480


class Extension:
    """One call's part of a SIPp of many: its signalling (`phones.sipp.Signalling`)."""

    def __init__(self, exchange: Exchange, call_id: str = "") -> None:
        self.call_id = call_id
        """"" until SIPp reports on the call."""
        self.port = 0
        """Where its phone receives RTP; told with every order."""
        self._exchange = exchange

    def order(self, code: int) -> None:
        """Tell the scenario what to answer, or to hang up (0). Raises `PhoneError` when SIPp is gone."""
        self._exchange.send(f"Call-ID: {self.call_id}\r\nCode: {code}\r\nPort: {self.port}\r\n\r\n")

    def messages(self) -> tuple[TimedMessage, ...]:
        """Every SIP message of the call so far."""
        return self._exchange.messages(self.call_id)

    def complaint(self) -> str:
        """What SIPp complained of, last: of whichever call."""
        return self._exchange.complaint()

    async def close(self) -> None:
        """The call is over: nothing of it is kept."""
        self._exchange.forget(self.call_id)


class Seat:
    """A phone at an exchange, and whether its call has begun."""

    def __init__(self, exchange: Exchange, line: Line, name: str) -> None:
        self.extension = Extension(exchange)
        self.phone = Phone(line, name, exchange.local[1], self.extension)
        self.extension.port = self.phone.rtp_address[1]
        self.begun = asyncio.Event()


class Exchange:
    """A running SIPp of many calls. Use as `async with`; it ends with the block, whatever it does."""

    def __init__(self, programs: Programs, local: tuple[str, int], scenario: str, assign: Assign) -> None:
        self.local = local
        self.exited = asyncio.Event()
        self.status: int | None = None
        """SIPp's exit status, once it has ended."""
        self._programs = programs
        self._scenario = scenario
        self._assign = assign
        self._phones: dict[str, Phone] = {}
        self._twin = Twin("load-", self._report, self._ended, start_s=_START_S, exit_s=_EXIT_S)
        self._log = _MessageLog(self._twin.folder / "messages.log")

    @property
    def pid(self) -> int | None:
        """SIPp's."""
        return self._twin.pid

    async def start(self, arguments: Sequence[str], rows: str = "") -> None:
        """Start SIPp with these arguments besides those that every one has; `rows` is its injection file.

        Raises `PhoneError` with what SIPp said, when it does not start.
        """
        port = await self._twin.listen(_LONGEST_COMMAND)
        (self._twin.folder / "scenario.xml").write_text(self._scenario, encoding="utf-8")
        (self._twin.folder / "rows.csv").write_text(rows, encoding="utf-8")
        injected = ["-inf", "rows.csv"] if rows else []
        await self._twin.start([*self._programs.command("sipp"), *self._arguments(port), *injected, *arguments])

    async def __aenter__(self) -> Exchange:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def send(self, command: str) -> None:
        """Send a twin command. Raises `PhoneError` when SIPp is gone."""
        self._twin.send(command)

    def messages(self, call_id: str) -> tuple[TimedMessage, ...]:
        """The SIP of a call so far."""
        return self._log.of(call_id)

    def forget(self, call_id: str) -> None:
        """A call is over and read."""
        self._phones.pop(call_id, None)
        self._log.forget(call_id)

    def complaint(self) -> str:
        """What SIPp said on its standard error and in its error log, the last lines of it."""
        return self._twin.complaint()

    def no_more(self) -> None:
        """Begin no further calls; those that are up go on (SIPp's SIGUSR1)."""
        self._twin.signal(signal.SIGUSR1)

    async def close(self) -> None:
        """End SIPp, and remove its files. Idempotent."""
        await self._twin.close()

    def _arguments(self, twin: int) -> list[str]:
        host, port = self.local
        arguments = ["-sf", "scenario.xml", "-nostdin", "-skip_rlimit", "-i", host, "-bind_local", "-p", str(port)]
        arguments += ["-t", "u1", "-3pcc", f"127.0.0.1:{twin}", "-aa", "-default_behaviors", "all,-abortunexp"]
        arguments += ["-trace_msg", "-message_file", "messages.log", "-message_overwrite", "false"]
        return [*arguments, "-trace_err", "-error_file", "errors.log", "-buff_size", str(4 * _LONGEST_COMMAND)]

    def _report(self, text: str) -> None:
        head, _, message = text.lstrip().partition("\r\n\r\n")
        found = re.search(r"^Call-ID: *(\S+)", head, re.MULTILINE | re.IGNORECASE)
        if not found:
            return
        event = re.search(r"^Event: *(\S+)", head, re.MULTILINE)
        report = Report(event[1] if event else "abort", SipMessage(message) if message.strip() else None)
        phone = self._phones.get(found[1]) or self._new(found[1], report)
        if phone is None:
            return
        phone.reported(report)
        if report.event in _ENDS:
            phone.exited(0)

    def _new(self, call_id: str, report: Report) -> Phone | None:
        seat = self._assign(report)
        if seat is None:
            if report.event == "invited":
                Extension(self, call_id).order(_UNAVAILABLE)
            return None
        seat.extension.call_id = call_id
        seat.begun.set()
        self._phones[call_id] = seat.phone
        return seat.phone

    def _ended(self, status: int) -> None:
        self.status = status
        self.exited.set()
        for phone in tuple(self._phones.values()):
            phone.exited(status)


class _MessageLog:
    """SIPp's message log, read as it grows, by call."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._calls: dict[str, list[TimedMessage]] = {}
        self._forgotten: set[str] = set()

    def of(self, call_id: str) -> tuple[TimedMessage, ...]:
        self._go_on()
        return tuple(self._calls.get(call_id, ()))

    def forget(self, call_id: str) -> None:
        self._calls.pop(call_id, None)
        self._forgotten.add(call_id)

    def _go_on(self) -> None:
        """SIPp flushes after each message, so what is there is whole."""
        if not self._file.exists():
            return
        with self._file.open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        self._read += len(fresh)
        for timed in read_message_log(fresh.decode("utf-8", errors="replace")):
            call_id = timed.message.header("Call-ID")
            if call_id not in self._forgotten:
                self._calls.setdefault(call_id, []).append(timed)
