"""Many phones on one UDP port, each number its own: they ring, pick up, press keys, and note every INVITE that came.

For tests of what must never happen twice: a second INVITE to a number is seen whatever became of the call. One call is
a `Callee`; what a person does is a script, which ends with the call.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise

from phones.endpoint import RtpEndpoint
from phones.mouth import Frame
from phones.sdp import PCMA, Media, read_media
from phones.sipp import free_port
from tests.asterisk.tones import TONES

HOST = "127.0.0.1"
_EVENTS = 101
_HEARS_S = 20.0
_APART_S = 0.15
"""Silence that divides one tone from the next of its kind."""
_TONE_SHARE = 0.5
_TONE_LEVEL = 300.0
_BACK = ("Via", "From", "To", "Call-ID", "CSeq")
_Address = tuple[str, int]


class HungUpError(Exception):
    """The call ended before the script did."""


class Callee:
    """One call to one number."""

    def __init__(self, invite: str, number: str, port: _Address, far: _Address, send: Callable[[str, _Address], None]):
        self.number = number
        self.nth = 1
        """Which of its number's calls it is."""
        self.call_id = _header(invite, "Call-ID")
        self.invited_at = time.monotonic()
        self.answered_at: float | None = None
        self.ended = asyncio.Event()
        self.ended_at = math.inf
        self.heard: set[int] = set()
        """Frequencies (Hz) of the tones that were recognised."""
        self._invite, self._port, self._far, self._send = invite, port, far, send
        self._tag = uuid.uuid4().hex[:10]
        self._last = ""
        self._tones: asyncio.Queue[int] = asyncio.Queue()
        self._sounding = (0, 0.0)
        self.rtp = RtpEndpoint(HOST, self._on_heard)

    # -- what a person does

    def ring(self) -> None:
        """180."""
        self._respond("180 Ringing")

    def refuse(self, status: str) -> None:
        """Such as "486 Busy Here"."""
        self._respond(status)
        self._over()

    def pick_up(self) -> None:
        """200, and audio from now on."""
        far = read_media(self._invite)
        self.rtp.connect((far.address, far.port))
        self.answered_at = time.monotonic()
        self._respond("200 OK", Media(*self.rtp.address, (PCMA,), _EVENTS).describe())

    async def tone(self, timeout_s: float = _HEARS_S) -> int:
        """The next tone that begins (Hz). Raises `HungUpError`, or `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            hertz = await self._tones.get()
        if not hertz:
            raise HungUpError(self.number)
        return hertz

    async def hears(self, hertz: int) -> None:
        """Return once this tone begins; those before it are passed over."""
        while await self.tone() != hertz:
            pass

    async def press(self, keys: str) -> None:
        """Returns when they are sent."""
        pressed = asyncio.Event()
        self.rtp.mouth.press(keys, pressed.set)
        await pressed.wait()

    def hang_up(self) -> None:
        """BYE."""
        if not self.ended.is_set():
            contact = re.search(r"^Contact: *<?([^>;\r]+)", self._invite, re.MULTILINE | re.IGNORECASE)
            host, port = self._port
            lines = [
                f"BYE {contact[1] if contact else 'sip:asterisk'} SIP/2.0",
                f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{uuid.uuid4().hex}",
                "Max-Forwards: 70",
                f"From: {_header(self._invite, 'To')};tag={self._tag}",
                f"To: {_header(self._invite, 'From')}",
                f"Call-ID: {self.call_id}",
                "CSeq: 1 BYE",
                "Content-Length: 0",
            ]
            self._send("\r\n".join(lines) + "\r\n\r\n", self._far)
            self._over()

    @property
    def sounds(self) -> bool:
        """Whether a tone is heard just now."""
        return not self.ended.is_set() and time.monotonic() - self._sounding[1] < 2 * _APART_S

    @property
    def longest_gap_ms(self) -> float:
        """Between two packets of audio that came."""
        arrivals = [arrival.at for arrival in self.rtp.ear.arrivals]
        return max((1000 * (after - before) for before, after in pairwise(arrivals)), default=0.0)

    # -- what comes

    def take(self, message: str) -> None:
        """A message of this call, not its first."""
        method = message.split(" ", 1)[0]
        if method == "INVITE":
            self._send(self._last, self._far)
        elif method in ("BYE", "CANCEL"):
            self._send(_answer(message, "200 OK", self._tag), self._far)
            if method == "CANCEL" and self.answered_at is None:
                self._respond("487 Request Terminated")
            self._over()

    def close(self) -> None:
        """The call is over, for whatever reason."""
        self._over()

    def _respond(self, status: str, body: str = "") -> None:
        extra = [f"Contact: <sip:{self.number}@{self._port[0]}:{self._port[1]}>"]
        extra += ["Content-Type: application/sdp"] if body else []
        self._last = _answer(
            self._invite, status, self._tag, *extra, body=body.replace("\n", "\r\n") + "\r\n" * bool(body)
        )
        self._send(self._last, self._far)

    def _over(self) -> None:
        if not self.ended.is_set():
            self.ended.set()
            self.ended_at = time.monotonic()
            self.rtp.close()
            self._tones.put_nowait(0)

    def _on_heard(self, voiced: bool) -> None:
        hertz = tone_of(self.rtp.ear.frames[-2:]) if voiced else 0
        if not hertz:
            return
        now, (last, at) = time.monotonic(), self._sounding
        self._sounding = (hertz, now)
        if hertz != last or now - at > _APART_S:
            self.heard.add(hertz)
            self._tones.put_nowait(hertz)


Script = Callable[[Callee], Awaitable[None]]


class Callees(asyncio.DatagramProtocol):
    """All phones. `calls` is every call that came, by number, in the order of their INVITEs."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.port = free_port(HOST)
        self.calls: dict[str, list[Callee]] = defaultdict(list)
        self.troubles: list[str] = []
        """What scripts ended with that was not a call's end."""
        self._by_id: dict[str, Callee] = {}
        self._scripts: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, self.port))

    async def close(self) -> None:
        """Hang up, and listen no more."""
        for call in self._by_id.values():
            call.close()
        for script in self._scripts:
            script.cancel()
        if self._scripts:
            await asyncio.wait(self._scripts)
        self._transport.close()

    def contacts(self, numbers: int, first: int = 0) -> dict[str, str]:
        """So many numbers that lead here, as the test trunk's setting has them."""
        return {f"+9198{number:08d}": f"{HOST}:{self.port}" for number in range(first, first + numbers)}

    @property
    def invites(self) -> list[tuple[float, str]]:
        """(time, number) of all that came, the first one first."""
        return sorted((call.invited_at, number) for number, calls in self.calls.items() for call in calls)

    @property
    def live(self) -> int:
        """Calls that have not ended."""
        return sum(not call.ended.is_set() for calls in self.calls.values() for call in calls)

    def datagram_received(self, data: bytes, addr: _Address) -> None:
        """A SIP message."""
        message = data.decode("utf-8", errors="replace")
        if message.startswith("SIP/2.0") or message.startswith("ACK "):
            return
        call = self._by_id.get(_header(message, "Call-ID"))
        if call is not None:
            call.take(message)
        elif message.startswith("INVITE "):
            self._invited(message, addr)
        else:
            found = "200 OK" if message.startswith("OPTIONS ") else "481 Call/Transaction Does Not Exist"
            self._send(_answer(message, found, "none"), addr)

    def _invited(self, message: str, far: _Address) -> None:
        number = message.split("sip:", 1)[1].split("@", 1)[0]
        call = Callee(message, number, (HOST, self.port), far, self._send)
        self._by_id[call.call_id] = call
        self.calls[number].append(call)
        call.nth = len(self.calls[number])
        script = asyncio.create_task(self._play(call), name=f"phone {number}")
        self._scripts.add(script)
        script.add_done_callback(self._scripts.discard)

    async def _play(self, call: Callee) -> None:
        try:
            with contextlib.suppress(HungUpError):
                await self.script(call)
        except Exception as error:  # a task's root: the test looks at what went wrong
            self.troubles.append(f"{call.number}: {type(error).__name__}: {error}")

    def _send(self, message: str, to: _Address) -> None:
        self._transport.sendto(message.encode(), to)


def tone_of(frames: list[Frame], hertz: tuple[int, ...] = TONES) -> int:
    """Which of these tones is heard in two packets that follow each other; 0: none."""
    if len(frames) < 2:
        return 0
    found = {_tone(memoryview(frame.samples).cast("h"), hertz) for frame in frames}
    return found.pop() if len(found) == 1 else 0


def _tone(samples: memoryview, hertz: tuple[int, ...]) -> int:
    energy = sum(sample * sample for sample in samples)
    if energy < _TONE_LEVEL**2 * len(samples):
        return 0
    shares = {each: 2 * _power(samples, each) / (energy * len(samples)) for each in hertz}
    best = max(shares, key=lambda each: shares[each])
    return best if shares[best] > _TONE_SHARE else 0


def _power(samples: memoryview, hertz: int) -> float:
    """Goertzel's algorithm: the power of one frequency."""
    factor = 2 * math.cos(2 * math.pi * hertz / 8000)
    one = two = 0.0
    for sample in samples:
        one, two = sample + factor * one - two, one
    return one * one + two * two - factor * one * two


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def _answer(request: str, status: str, tag: str, *extra: str, body: str = "") -> str:
    head = [line for line in request.split("\r\n\r\n", 1)[0].split("\r\n") if line.split(":", 1)[0] in _BACK]
    head = [f"{line};tag={tag}" if line.startswith("To:") and "tag=" not in line else line for line in head]
    return (
        "\r\n".join([f"SIP/2.0 {status}", *head, *extra, f"Content-Length: {len(body.encode())}"]) + "\r\n\r\n" + body
    )
