"""Callers on bad lines: real phones whose RTP and SIP pass a bad network, and what their calls came to."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from media.audio.pcm import FRAME_SAMPLES
from phones.phone import Line, Phone
from phones.recordings import recording
from phones.trace import CallTrace, End
from tests.asterisk.mercury import SUPPORT, Mercury, history, new_number
from tests.standins.bad_path import Address, BadPath, Condition

_WRAP = 1 << 32
_SAID_AT_MOST, _UNDERSTOOD_S = 4, 4.0


@dataclass
class BadLine:
    """One caller's line: every phone and message of it passes a network of this kind, with luck by its seed."""

    mercury: Mercury
    condition: Condition
    seed: int
    paths: list[BadPath] = field(default_factory=list)
    _rtp: BadPath = field(init=False)

    @property
    def line(self) -> Line:
        """A phone's, whose RTP is out of luck."""
        return replace(self.mercury.line, path=self._open_rtp, timeout_s=30)

    async def dial(self, caller: str) -> Phone:
        """Somebody calls in. SIP keeps its order (SIPp's scenarios are not made for another) and is lost the same."""
        host, _, port = self.mercury.running.sip_udp.rpartition(":")
        sip = self._open(replace(self.condition, reordered=0.0, overtaking=False))
        sip.leads_to((host, int(port)))
        return await Phone.call(
            self.line, f"sip:{SUPPORT}@{self.mercury.running.sip_udp}", caller=caller, send_to=sip.address
        )

    @property
    def let_through(self) -> float:
        """The share of the agent's RTP that was not lost."""
        fates = self._rtp.back.fates
        return 1 - fates["lost"] / fates["came"]

    def close(self) -> None:
        """Pass nothing on any more."""
        for path in self.paths:
            path.close()

    def _open_rtp(self, near: Address) -> BadPath:
        self._rtp = self._open(self.condition, near)
        return self._rtp

    def _open(self, condition: Condition, near: Address | None = None) -> BadPath:
        self.paths.append(BadPath(condition, self.seed + 100_000 * len(self.paths), near))
        return self.paths[-1]


@dataclass
class KernelLine:
    """A line whose phones have an address that the kernel treats badly (test_netem.py)."""

    mercury: Mercury
    condition: Condition
    host: str

    @property
    def line(self) -> Line:
        """A phone's, of that address. SIP goes over TCP, which keeps its order whatever the kernel does."""
        return replace(self.mercury.line, host=self.host, transport="tcp", timeout_s=30)

    async def dial(self, caller: str) -> Phone:
        """Somebody calls in."""
        return await Phone.call(self.line, f"sip:{SUPPORT}@{self.mercury.running.sip_tcp}", caller=caller)

    @property
    def let_through(self) -> float:
        """What the kernel lets through of what is sent, by the condition."""
        return 1 - self.condition.loss

    def close(self) -> None:
        """The kernel's line stays."""


AnyLine = BadLine | KernelLine


@dataclass(frozen=True)
class Outcome:
    """What came of a call: Mercury's record, and what passed on the phone's wire."""

    record: dict[str, Any]
    trace: CallTrace
    end: End
    let_through: float
    """The share of the agent's packets that the line let through."""

    @property
    def keys(self) -> str:
        """Those that Mercury took."""
        return "".join(line["digit"] for line in history(self.record, "key"))

    @property
    def media(self) -> dict[str, Any]:
        """The counts of Mercury's leg."""
        (counts,) = history(self.record, "media_closed")
        return counts

    @property
    def heard_share(self) -> float:
        """How much of the agent's audio came to the phone, from its first voiced packet to its last."""
        first = next(each.timestamp for each in self.trace.arrivals if each.voiced)
        came = {(each.timestamp - first) % _WRAP // FRAME_SAMPLES: each.voiced for each in self.trace.arrivals}
        span = 1 + max(frame for frame, voiced in came.items() if voiced and frame < _WRAP // FRAME_SAMPLES // 2)
        return sum(1 for frame in came if frame < span) / span


async def asks_by_key(bad: AnyLine, *, patient: bool) -> Outcome:
    """A customer presses 1, the order's number, and 2; a patient one hears the greeting to its end before."""
    mercury = bad.mercury
    with closing(bad) as line:
        async with await line.dial(caller := new_number()) as phone:
            await phone.answered()
            call_id = await mercury.call_from(caller)
            await phone.agent_starts()
            if patient:
                await mercury.noted(call_id, "said", 30, complete=True)
            await phone.press("1")
            await phone.agent_starts()
            await phone.press("5001#")
            await mercury.noted(call_id, "fetched", 20)
            await phone.press("2")
            end = await phone.ended()
        return Outcome(await mercury.ended(call_id), phone.trace(), end, line.let_through)


async def confirms(bad: AnyLine, minutes: int = 25) -> Outcome:
    """A vendor is called, and types over the prompts: 1, the minutes, #."""
    mercury = bad.mercury
    number = mercury.next_number()
    with closing(bad) as line:
        async with await Phone.listen(line.line, sip_port=mercury.ports[number], name=number) as phone:
            call_id = await mercury.initiate(number)
            await phone.answer(ring_s=0.2)
            await phone.agent_starts()
            await phone.press(f"1{minutes}#")
            end = await phone.ended()
        return Outcome(await mercury.ended(call_id), phone.trace(), end, line.let_through)


async def says(bad: AnyLine, word: str = "cancelled") -> Outcome:
    """A customer speaks over the agent (again, where the line swallowed the word), hears the answer, and hangs up."""
    mercury = bad.mercury
    with closing(bad) as line:
        async with await line.dial(caller := new_number()) as phone:
            await phone.answered()
            await phone.agent_starts()
            await phone.pause(0.5)
            call_id = await mercury.call_from(caller)
            for _ in range(_SAID_AT_MOST):
                await phone.play(recording(mercury.sounds, word))
                with suppress(TimeoutError):
                    await mercury.noted(call_id, "caller_said", _UNDERSTOOD_S)
                    break
            await phone.agent_starts()
            await phone.pause(1.0)
            end = await phone.hang_up()
        return Outcome(await mercury.ended(call_id), phone.trace(), end, line.let_through)
