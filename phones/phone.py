"""A scripted phone: a script reads as a person's doings (call, wait for the voice, speak, press, hang up).

    async with await Phone.call(line, "sip:+918000000000@127.0.0.1:5060", caller="+919812345678") as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.agent_pauses(silence_ms=600)
        await phone.play(recording(sounds, "digits/1"))
        await phone.press("2#")
        await phone.hang_up()
    answer_to_voice_ms(phone.trace())

Every wait has a deadline, and says what had happened so far when it passes.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from media.audio.pcm import Pcm
from media.audio.wav import read_wav
from phones.endpoint import RtpEndpoint
from phones.errors import PhoneError, PhoneTimeoutError
from phones.programs import Programs
from phones.progress import Progress
from phones.scenario import REPLIES, Identity, Invitation, callee_scenario, caller_scenario
from phones.sdp import PCMA, PCMU, Media, SdpError, read_media
from phones.sip import SipMessage
from phones.sipp import Report, Signalling, Sipp, Socket, Transport, free_port
from phones.tape import write_tape
from phones.trace import CallTrace, End
from phones.tracing import make_trace

_SETTLE_S = 6.0


class RtpPath(Protocol):
    """A network between a phone and whom it talks to: both send to its address, and it passes on."""

    @property
    def address(self) -> tuple[str, int]:
        """Where both send to."""

    def leads_to(self, far: tuple[str, int]) -> None:
        """The far end is there."""

    def close(self) -> None:
        """Pass nothing on any more."""


OpenPath = Callable[[tuple[str, int]], RtpPath]
"""The address of a phone's RTP → a path to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What phones have in common: their programs, address, transport and offer.

    `payloads` are G.711 payload types in order of preference, `event_payload` is telephone-event's (None: not offered).
    """

    programs: Programs
    host: str = "127.0.0.1"
    transport: Transport = "udp"
    payloads: tuple[int, ...] = (PCMA, PCMU)
    event_payload: int | None = 101
    timeout_s: float = 20.0
    path: OpenPath | None = None
    """What lies between a phone's RTP and the far end's, if anything does."""


class Phone:
    """One call of one phone. Made by `Phone.call` or `Phone.listen`; closed by `close` or by leaving `async with`.

    With a `signalling` of its own (a part of a SIPp of many calls) it is told by `reported` and `exited`.
    """

    def __init__(self, line: Line, name: str, sip_port: int, signalling: Signalling | None = None) -> None:
        self.line = line
        self.name = name
        self.sip_port = sip_port
        self._progress = Progress(name, line.timeout_s)
        self._mark = 0.0
        self._leaving = False
        self._rtp = RtpEndpoint(line.host, self._heard)
        self._rtp.ear.event_payload = self._rtp.mouth.event_payload = line.event_payload
        self._path = line.path(self._rtp.address) if line.path else None
        self._sipp = signalling or Sipp(self.reported, self.exited)
        self._trace: CallTrace | None = None

    @classmethod
    async def call(
        cls,
        line: Line,
        target: str,
        *,
        caller: str,
        headers: Mapping[str, str] | None = None,
        from_header: str = "",
        to_header: str = "",
        send_to: tuple[str, int] | None = None,
        sip_port: int = 0,
        name: str = "",
    ) -> Self:
        """Call `target` (`sip:number@host:port`) as `caller` (a number).

        `from_header` and `to_header` replace what is made of these; `send_to` is where the INVITE goes, when not to the
        target's host and port. Raises `PhoneError` when SIPp does not start or `target` is no SIP URI.
        """
        phone = cls(line, name or caller, sip_port or free_port(line.host))
        identity = phone._identity()
        invitation = Invitation(
            target=target,
            caller=from_header or f"<sip:{caller}@{identity.host}>",
            to=to_header or f"<{target.partition(';')[0]}>",
            user=caller,
            headers=headers or {},
        )
        remote = "{}:{}".format(*(send_to or _address(target)))
        scenario = caller_scenario(identity, invitation, phone._offer().describe())
        await phone._start(scenario, remote, f"{uuid.uuid4()}@{line.host}")
        phone._progress.note(f"called {target}")
        return phone

    @classmethod
    async def listen(
        cls, line: Line, *, sip_port: int = 0, name: str = "", headers: Mapping[str, str] | None = None
    ) -> Self:
        """Wait for one call on `sip_port` (`phone.sip_port` when 0). `headers` go into its final response."""
        phone = cls(line, name or "callee", sip_port or free_port(line.host))
        scenario = callee_scenario(phone._identity(), headers or {}, phone._offer().describe())
        await phone._start(scenario, "", "")
        phone._progress.note(f"listens on {line.host}:{phone.sip_port}")
        return phone

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    # -- being called

    async def invited(self, timeout_s: float | None = None) -> SipMessage:
        """The INVITE, once it has come."""
        await self._progress.until(lambda: bool(self._progress.invite.text), "an INVITE", timeout_s)
        return self._progress.invite

    async def ring(self) -> None:
        """Answer 180 Ringing."""
        await self._respond(180)

    async def early_media(self) -> None:
        """Answer 183 with a session description, and begin to send: what is played is heard before the answer."""
        await self._respond(183)
        self._connect(await self.invited())

    async def pick_up(self) -> None:
        """Answer 200."""
        invite = await self.invited()
        self._order(code=200)
        self._connect(invite)
        await self.answered(_SETTLE_S)

    async def refuse(self, status: int) -> End:
        """Answer with a failure (486 busy, 603 declined, …): one of `REPLIES`."""
        if status < 300 or status not in REPLIES:
            raise ValueError(f"expected one of {', '.join(str(code) for code in REPLIES if code >= 300)}, got {status}")
        await self.invited()
        self._order(code=status)
        self._end(End("phone", "refused", status, reason=REPLIES[status]))
        return await self.ended(_SETTLE_S)

    async def answer(self, *, ring_s: float = 0.0, timeout_s: float | None = None) -> None:
        """Wait for a call, let it ring for `ring_s`, pick up. Raises `CallEndedError` when the caller gives up."""
        await self.invited(timeout_s)
        await self.ring()
        await self.pause(ring_s)
        await self.pick_up()

    # -- the script

    async def ringing(self, timeout_s: float | None = None) -> int:
        """The provisional response (180, 183 …), once there is one above 100, or 200 when it was answered at once."""
        await self._progress.until(
            lambda: self._progress.provisional > 100 or self._progress.answered, "ringing", timeout_s
        )
        return self._progress.provisional if self._progress.provisional > 100 else 200

    async def answered(self, timeout_s: float | None = None) -> None:
        """Return once the call is up."""
        await self._progress.until(lambda: self._progress.answered, "the answer", timeout_s)

    async def agent_starts(self, timeout_s: float | None = None) -> float:
        """Wait for the far end's voice: since this phone last spoke, pressed, or heard it pause.

        Returns when the first such packet came.
        """
        await self._progress.until(lambda: self._voice_since_mark() is not None, "the far end's voice", timeout_s)
        return self._voice_since_mark() or 0.0

    async def agent_pauses(self, silence_ms: int = 600, timeout_s: float | None = None) -> float:
        """Wait until the far end has spoken (see `agent_starts`) and then been silent for `silence_ms`.

        Returns when its last voiced packet came.
        """
        deadline = self._progress.deadline(timeout_s)
        await self.agent_starts(timeout_s)
        while (rest := (self._rtp.ear.last_voiced_at or 0.0) + silence_ms / 1000 - time.time()) > 0:
            if time.time() + rest > deadline:
                raise self._progress.late(f"{silence_ms} ms of silence", timeout_s)
            await self.pause(rest)
        self._mark = time.time()
        return self._rtp.ear.last_voiced_at or 0.0

    async def play(self, clip: Pcm | Path) -> None:
        """Say a recording to its end."""
        audio = read_wav(clip) if isinstance(clip, Path) else clip
        self._progress.note(f"says {audio.duration_ms:.0f} ms")
        await self._do(lambda done: self._rtp.mouth.say(audio, done), audio.duration_ms / 1000)

    async def press(self, keys: str, *, press_ms: int = 100, gap_ms: int = 80) -> None:
        """Press keys, one after the other."""
        self._progress.note(f"presses {keys}")
        await self._do(
            lambda done: self._rtp.mouth.press(keys, done, press_ms, gap_ms), len(keys) * (press_ms + gap_ms) / 1000
        )
        self._mark = self._rtp.mouth.keys[-1].ended_at if self._rtp.mouth.keys else time.time()

    async def keys_heard(self, count: int, timeout_s: float | None = None) -> str:
        """The keys that the far end pressed, once there are `count`."""
        await self._progress.until(lambda: len(self._rtp.ear.keys) >= count, f"{count} keys", timeout_s)
        return "".join(key.key for key in self._rtp.ear.keys)

    async def pause(self, seconds: float) -> None:
        """Do nothing for so long. Raises `CallEndedError` when the call ends meanwhile."""
        try:
            await self._progress.until(lambda: False, "", seconds)
        except PhoneTimeoutError:
            return

    def send_rtp(self, *, on: bool) -> None:
        """Switch this phone's RTP off (a dead path) and on again."""
        self._rtp.sending = on

    def inject(self, datagram: bytes) -> None:
        """Send a datagram from the phone's RTP port as it is."""
        self._rtp.inject(datagram)

    async def hang_up(self) -> End:
        """End the call: BYE, or CANCEL before the answer. Returns how it ended (the far end may have been first)."""
        if self._progress.end is None:
            progress = self._progress
            await progress.until(lambda: progress.answered or progress.provisional > 0, "any response", _SETTLE_S)
            self._progress.note("hangs up")
            self._leaving = True
            self._order(code=0)
        try:
            return await self.ended(_SETTLE_S)
        except PhoneTimeoutError:
            return self._hung()

    async def ended(self, timeout_s: float | None = None) -> End:
        """How the call ended, once it has and SIPp is gone."""
        progress = self._progress
        await progress.until(lambda: progress.exit_status is not None, "the end of the call", timeout_s, fatal=False)
        return progress.end or self._lost()

    # -- what is known

    @property
    def rtp_address(self) -> tuple[str, int]:
        """Where this phone receives RTP."""
        return self._rtp.address

    @property
    def far_rtp_address(self) -> tuple[str, int] | None:
        """Where it sends RTP."""
        return self._rtp.remote

    @property
    def agent_speaking(self) -> bool:
        """Whether the far end's voice came within the last 100 ms."""
        return time.time() - (self._rtp.ear.last_voiced_at or 0.0) < 0.1

    @property
    def end(self) -> End | None:
        """How the call ended, if it has."""
        return self._progress.end

    def so_far(self) -> str:
        """What has happened, with seconds since the phone was made: for errors and logs."""
        return self._progress.so_far()

    def trace(self) -> CallTrace:
        """The call as it was on the wire, up to now."""
        if self._trace is not None:
            return self._trace
        return make_trace(self.name, self._sipp.messages(), self._progress.end, self._rtp.mouth, self._rtp.ear)

    def write_tape(self, path: Path) -> None:
        """Write what was said so far as a stereo WAV: left this phone, right the far end."""
        write_tape(path, self._rtp.mouth.frames, self._rtp.ear.frames)

    async def close(self) -> None:
        """Hang up if need be, and free everything. Idempotent; the trace remains."""
        if self._trace is not None:
            return
        try:
            if self._progress.end is None:
                await self._leave()
        except PhoneError as error:
            self._progress.note(f"could not hang up: {error}")
        finally:
            self._close_rtp()
            self._trace = self.trace()
            await self._sipp.close()

    # -- within

    async def _leave(self) -> None:
        if self._progress.answered or self._progress.provisional:
            await self.hang_up()
        elif self._progress.invite.text:
            await self.refuse(480)

    def _identity(self) -> Identity:
        return Identity(self.line.host, self.sip_port, uuid.uuid4().hex[:12], f"z9hG4bK{uuid.uuid4().hex}")

    def _offer(self) -> Media:
        host, port = self._path.address if self._path else self._rtp.address
        return Media(host, port, self.line.payloads, self.line.event_payload)

    async def _start(self, scenario: str, remote: str, call_id: str) -> None:
        local = Socket(self.line.host, self.sip_port, self.line.transport)
        if not isinstance(self._sipp, Sipp):
            raise PhoneError("expected a phone with a SIPp of its own to start, got one that shares another's")
        try:
            await self._sipp.start(self.line.programs, scenario, local, remote, call_id)
        except BaseException:
            self._close_rtp()
            await self._sipp.close()
            raise

    def _order(self, code: int) -> None:
        if self._progress.end is not None:
            raise self._progress.over("give an order")
        self._sipp.order(code)

    async def _respond(self, status: int) -> None:
        await self.invited()
        replies = self._progress.replies
        self._order(code=status)
        await self._progress.until(lambda: self._progress.replies > replies, f"the {status} to be sent", _SETTLE_S)

    def reported(self, report: Report) -> None:
        """Take what SIPp reports of the call."""
        status = report.message.status if report.message else 0
        self._progress.note(report.message.start_line if report.message else report.event)
        match report.event:
            case "invited":
                self._progress.invite = report.message or self._progress.invite
            case "trying" | "ringing" | "progress" if report.message:
                self._progress.provisional = status
                self._connect(report.message)
            case "responded":
                self._progress.replies += 1
            case "answered":
                self._progress.answered = True
                if report.message:
                    self._connect(report.message)
                if self._leaving:  # the order to cancel crossed the answer: it found nobody waiting for it
                    self._order(code=0)
            case "bye" if report.message:
                self._end(End("far", "bye", 200, report.message.cause))
            case "hung-up":
                self._end(End("phone", "bye", 200))
            case "failed" if report.message:
                self._end(End("far", "refused", status, report.message.cause, report.message.reason_phrase))
            case "cancelled":
                self._end(End("phone" if report.message else "far", "cancel", 487))
        self._progress.wake()

    def exited(self, status: int) -> None:
        """SIPp is done with the call (its exit status)."""
        self._progress.exit_status = status
        self._end(self._lost())
        self._rtp.stop_sending()
        self._progress.wake()

    def _end(self, end: End) -> None:
        if self._progress.end is None:
            self._progress.end = end
            self._rtp.stop_sending()

    def _hung(self) -> End:
        """When two BYEs cross, SIPp may wait for ever for the answer to its own. The call is over all the same."""
        end = self._progress.end or self._lost()
        if end.how == "lost":
            raise self._progress.late("the end of the call", _SETTLE_S)
        self._progress.end = end
        return end

    def _lost(self) -> End:
        """SIPp gave up. A BYE that came is still the far end's."""
        messages = self._sipp.messages()
        bye = next((timed for timed in messages if timed.message.method == "BYE"), None)
        if bye is not None:
            return End("phone" if bye.sent else "far", "bye", 200, bye.message.cause)
        return End("nobody", "lost", 0, reason=self._sipp.complaint() or f"SIPp ended ({self._progress.exit_status})")

    def _connect(self, message: SipMessage) -> None:
        """Send to the address in a session description, in what it takes. A message without one changes nothing."""
        if not message.body.strip():
            return
        try:
            media = read_media(message.body)
        except SdpError as error:
            self._progress.note(str(error))
            return
        self._rtp.mouth.event_payload = media.event_payload
        self._rtp.mouth.payload_type = next((p for p in media.payloads if p in self.line.payloads), PCMA)
        self._send_to((media.address, media.port))

    def _send_to(self, far: tuple[str, int]) -> None:
        if self._path is None:
            self._rtp.connect(far)
            return
        self._path.leads_to(far)
        self._rtp.connect(self._path.address)

    def _close_rtp(self) -> None:
        self._rtp.close()
        if self._path:
            self._path.close()

    def _heard(self, voiced: bool) -> None:
        if voiced or self._rtp.ear.keys:
            self._progress.wake()

    def _voice_since_mark(self) -> float | None:
        last = self._rtp.ear.last_voiced_at
        if last is None or last <= self._mark:
            return None
        return next(a.at for a in self._rtp.ear.arrivals if a.voiced and a.at > self._mark)

    async def _do(self, begin: Callable[[Callable[[], None]], None], expected_s: float) -> None:
        if self._progress.end is not None:
            raise self._progress.over("speak")
        if self._rtp.remote is None:
            raise PhoneError(f"expected the far end's RTP address before speaking; {self.so_far()}")
        done = False

        def finished() -> None:
            nonlocal done
            done = True
            self._progress.wake()

        begin(finished)
        await self._progress.until(lambda: done, "what was to be said to be sent", expected_s + _SETTLE_S)
        self._mark = time.time()


def _address(uri: str) -> tuple[str, int]:
    found = re.fullmatch(r"sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?(?:;.*)?", uri)
    if not found:
        raise PhoneError(f"expected a SIP URI (sip:number@host:port), got {uri!r}")
    return found[1], int(found[2] or 5060)
