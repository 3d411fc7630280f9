"""A person whom a caller is handed to: rung, asked, joined with the caller, and gone again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass

from ari_app.calls.handover import HandoverError
from ari_app.calls.handover_state import Act, Stage, Turn, step, why_over
from ari_app.calls.history import History
from ari_app.calls.ids import Names
from ari_app.calls.legs import MediaBridge
from ari_app.calls.outcome import UNANSWERED
from ari_app.calls.switch import Dial, Switch, SwitchError
from ari_app.ops.logging import get_logger
from media.dialog.protocol import MediaEvent, MediaLeg, Rest, SpeechFailed, Utterance, UtterancePart

_log = get_logger(__name__)
_RING_GRACE_S = 5.0
"""Asterisk ends the ringing by itself; this is for the case that it does not tell."""
_MEET_S = 5.0
_WHISPERING_S = 90.0
_ASKED_S = 10.0
_PAUSE_MS = 5000
"""Between the whisper and its repetition: time to press the key."""
_FADE_S = 0.04
"""Two frames: the music's fade is on the wire before its channel leaves the bridge."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is asked, and how long all may last. `accept` "": to answer is to take the call."""

    dial: Dial
    whisper: tuple[UtterancePart, ...]
    accept: str
    longest_s: float


@dataclass(frozen=True, slots=True)
class CallerSide:
    """The caller: their call's names, and their own media, which rest while they talk with the person."""

    names: Names
    leg: MediaLeg


class Person:
    """One person who is rung once. `reach` returns their leaving; the other methods bring events, in any order.

    `talks`: an earlier life of the call had them rung, and they talk with the caller.
    """

    def __init__(
        self,
        *,
        names: Names,
        asked: Asked,
        switch: Switch,
        caller: CallerSide,
        leg: MediaLeg | None,
        history: History,
        talks: bool = False,
    ) -> None:
        self.names = names
        self.stage = Stage.TALKING if talks else Stage.RINGING
        self.rung = talks
        """Whether Asterisk has confirmed their channel."""
        self._asked = asked
        self._switch = switch
        self._caller = caller
        self._leg = leg
        """Their own media; None where to answer is to take the call."""
        self._bridge = MediaBridge(switch, names, leg) if leg else None
        self._history = history
        self._turns: deque[Turn] = deque(maxlen=100)
        self._news = asyncio.Event()
        self._cause = 0
        self._reason = ""
        self._work: set[asyncio.Task[None]] = set()
        self._ringing: asyncio.Task[None] | None = None
        self._apart = talks
        """Whether the caller's media are out of the caller's bridge."""
        self._since = self._now()
        self._talks_since: float | None = self._now() if talks else None
        self._talked_until = 0.0

    # -- what happens

    def answered(self) -> None:
        """Their channel is in Stasis."""
        if self.stage is Stage.RINGING:
            self._history.note("person_answered")
        self._happened(Turn.ANSWERED if self._asked.accept else Turn.TAKEN)

    def pressed(self, key: str) -> None:
        """They pressed a key: only the one that takes the call means something, and only while they are asked."""
        if key == self._asked.accept and self.stage in (Stage.WHISPERING, Stage.ASKED):
            self._happened(Turn.TAKEN)

    def gone(self, cause: int = 0) -> None:
        """Their channel is no more. `cause`: Q.850."""
        self._cause = self._cause or cause
        self._happened(Turn.GONE)

    def media_entered(self) -> None:
        """Their ExternalMedia channel is in Stasis."""
        if self._bridge:
            self._bridge.media_entered()

    def media_gone(self) -> None:
        """Their ExternalMedia channel is no more; while they talk with the caller it is not needed."""
        if self.stage in (Stage.MEETING, Stage.WHISPERING, Stage.ASKED):
            self._happened(Turn.FAILED)

    # -- their life

    async def reach(self) -> float:
        """Ring them, and see it through: seconds talked. Raises `HandoverError` when they did not take the call."""
        try:
            if self.stage is Stage.RINGING:
                self._ring()
            else:
                self._caller.leg.rest()
            while self.stage is not Stage.OVER:
                await self._advance(await self._next())
        finally:
            self.stage = Stage.OVER
            await asyncio.shield(asyncio.ensure_future(self._clear()))
        if self._talks_since is None:
            raise HandoverError(self._reason)
        return self._talked_s

    def _ring(self) -> None:
        if self._leg and self._bridge:
            self._bridge.prepare()
            self._leg.prepare(self._whisper)
        self._ringing = asyncio.create_task(self._originate(), name=f"ring {self.names.call_id}")

    async def _originate(self) -> None:
        try:
            await self._switch.originate(self.names.leg, self._asked.dial)
        except SwitchError as error:
            self._failed(error)
        else:
            self.rung = True

    async def _next(self) -> Turn:
        try:
            async with asyncio.timeout_at(self._since + self._limit_s):
                while not self._turns:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return Turn.OVERDUE
        return self._turns.popleft()

    @property
    def _limit_s(self) -> float:
        return {
            Stage.RINGING: self._asked.dial.ring_s + _RING_GRACE_S,
            Stage.MEETING: _MEET_S,
            Stage.WHISPERING: _WHISPERING_S,
            Stage.ASKED: _ASKED_S,
            Stage.TALKING: self._asked.longest_s,
        }[self.stage]

    async def _advance(self, turn: Turn) -> None:
        before, (self.stage, acts) = self.stage, step(self.stage, turn)
        if self.stage is not before:
            self._since = self._now()
            _log.info("transfer.stage", was=before.name.lower(), now=self.stage.name.lower(), because=turn.name.lower())
        if self.stage is Stage.OVER:
            self._reason = self._unanswered if (before, turn) == (Stage.RINGING, Turn.GONE) else why_over(before, turn)
        for act in acts:
            await self._do(act)

    @property
    def _unanswered(self) -> str:
        return UNANSWERED[self._cause][1] if self._cause in UNANSWERED else "failed"

    async def _do(self, act: Act) -> None:
        match act:
            case Act.MEET:
                self._begin(self._meet(), "meet")
            case Act.WHISPER:
                self._begin(self._say_whisper(), "whisper to")
            case Act.JOIN:
                await self._join()

    async def _meet(self) -> None:
        if self._leg is None or self._bridge is None:
            return
        try:
            await self._bridge.connect(self.names.leg, answer_after=None)
        except SwitchError as error:
            self._failed(error)
        else:
            self._leg.connect(self._on_media)
            self._happened(Turn.MET)

    async def _say_whisper(self) -> None:
        if self._leg is None:
            return
        self._leg.say(self._whisper)
        await self._leg.drained()
        self._happened(Turn.SAID)

    @property
    def _whisper(self) -> Utterance:
        whisper = self._asked.whisper
        return Utterance("whisper", (*whisper, Rest(_PAUSE_MS), *whisper) if whisper else ())

    async def _join(self) -> None:
        """The person comes into the caller's bridge, in the place of Mercury's media: Asterisk alone carries them."""
        self._history.note("person_accepted")
        names, leg = self._caller.names, self._caller.leg
        leg.stop_speaking()
        leg.stop_music()
        leg.rest()
        if self._leg:
            self._leg.stop_speaking()
        self._apart = True
        try:
            await asyncio.sleep(_FADE_S)
            await self._switch.leave(names.bridge, names.media)
            await self._switch.join(names.bridge, (self.names.leg,))
        except SwitchError as error:
            self._failed(error)
            return
        self._talks_since = self._now()
        self._history.note("talk_began")
        self._begin(self._end_media(), "media of")

    # -- the end

    async def _clear(self) -> None:
        """However it ended: the person is let go first, then the caller's media come back; nothing stays."""
        self._talked_until = self._now()
        talked_ms = round(self._talked_s * 1000)
        self._history.note("transfer_ended", reason=self._reason or "cut_short", talked_ms=talked_ms)
        await self._hang_up()
        self._caller.leg.stop_music()
        if self._apart:
            await self._come_back()
        work = [task for task in self._work if not task.done()]
        for task in work:
            if not task.get_name().startswith("media of"):
                task.cancel()
        if work:
            await asyncio.wait(work)
        await self._end_media()

    async def _hang_up(self) -> None:
        """A request that Asterisk has taken is awaited: what it made would stay."""
        if self._ringing:
            await asyncio.wait({self._ringing})
        try:
            await self._switch.hang_up(self.names.leg)
        except SwitchError as error:
            _log.warning("leftover", name=self.names.leg, error=str(error))

    async def _come_back(self) -> None:
        try:
            await self._switch.join(self._caller.names.bridge, (self._caller.names.media,))
        except SwitchError as error:
            _log.warning("media.not_back", error=str(error))
        self._caller.leg.resume()

    async def _end_media(self) -> None:
        if self._leg and self._bridge:
            await self._bridge.tear_down()
            await self._leg.close()

    # -- small things

    @property
    def _talked_s(self) -> float:
        return 0.0 if self._talks_since is None else self._talked_until - self._talks_since

    def _begin(self, work: Coroutine[None, None, None], what: str) -> None:
        task = asyncio.create_task(work, name=f"{what} {self.names.call_id}")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _happened(self, turn: Turn) -> None:
        self._turns.append(turn)
        self._news.set()

    def _failed(self, error: SwitchError) -> None:
        self._history.note("transfer_error", error=str(error))
        self._happened(Turn.FAILED)

    def _on_media(self, event: MediaEvent) -> None:
        if isinstance(event, SpeechFailed):
            self._history.note("engine_failed", at=event.at, engine=event.engine, error=event.error)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
