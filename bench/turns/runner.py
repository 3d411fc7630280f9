"""One scene through the real conversation, on a virtual clock: what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from bench.turns.engines import Judge, Lists, SceneRecogniser, SceneVoice, closed_lists, transcript
from bench.turns.line import JITTER_FRAMES, LineTransport
from bench.turns.loop import LoopClock, VirtualLoop
from bench.turns.scenes import AFTER_S, Kind, Scene
from media.asr.protocol import Recogniser
from media.clock import Clock
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import AgentResumed, BargedIn, Listening, MediaEvent, SpeechStarted, TurnEnded, Utterance
from media.ticker import Member
from media.tts.protocol import Speech
from media.vad.webrtc import WebRtcVad

_E = TypeVar("_E", bound=MediaEvent)
FRAME_S = 0.02
_PHASE_S = 0.005
"""A caller's frame comes so long after the tick."""
_STARTS_S = 0.03
"""Speech kept from no later than so long after its start is whole."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the conversation is set, and what hears."""

    name: str
    end_silence_ms: int = 700
    options: Options = field(default_factory=Options)
    words: str = "lists"
    """`none`, `lists` (pocketsphinx) or `transcript` (a stand-in that makes no mistake)."""
    judged: bool = False
    """With smart-turn."""
    aggressiveness: int = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that ended, in seconds of the scene."""

    closed_s: float
    told_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one scene. Times in seconds of the scene, as packets come and go."""

    kind: Kind
    line: str
    start_s: float
    end_s: float
    """First and last packet of what was said."""
    started: bool
    """Whether it was heard that the caller spoke at all."""
    turns: tuple[Turn, ...]
    barged_in_s: float | None
    last_heard_s: float | None
    """The last packet of the agent's that could be heard before it yielded."""
    pauses_ms: tuple[float, ...]
    """Of the agent who stood still for nothing."""
    kept_from_s: float | None
    """From when on the first turn's audio was kept."""

    @property
    def cut_in(self) -> bool:
        return any(turn.closed_s < self.end_s for turn in self.turns)

    @property
    def lost(self) -> bool:
        return not self.started

    @property
    def delay_s(self) -> float:
        """Of the turn's end; of one that did not come, all the time that there was for it."""
        return self.turns[-1].closed_s - self.end_s if self.turns else AFTER_S

    @property
    def told_s(self) -> float:
        """Of the turn's text."""
        return self.turns[-1].told_s - self.end_s if self.turns else AFTER_S

    @property
    def clipped(self) -> bool:
        return self.kept_from_s is not None and self.kept_from_s > self.start_s + _STARTS_S


@dataclass
class Engines:
    """What hears in all scenes."""

    lists: Lists
    judge: Judge | None = None


class _Beat:
    """Ticks one member by hand."""

    member: Member | None = None

    def add(self, member: Member) -> None:
        self.member = member

    def remove(self, member: Member) -> None:
        self.member = None


def play(scene: Scene, setting: Setting, engines: Engines) -> Outcome:
    """Run it. The same scene and setting always give the same."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_Stage(scene, setting, engines, loop).play())
    finally:
        loop.close()


class _Stage:
    """A scene under way."""

    def __init__(self, scene: Scene, setting: Setting, engines: Engines, loop: VirtualLoop) -> None:
        self._scene, self._setting = scene, setting
        self._clock = LoopClock(loop)
        self._start = self._clock.now()
        self._beat = _Beat()
        self._line = LineTransport(
            scene.caller,
            scene.line,
            np.random.default_rng(scene.seed),
            echo_db=scene.echo_db,
            echo_delay_frames=scene.echo_delay_frames,
        )
        self._recogniser = _recogniser(scene, setting, engines, self._clock, self._start)
        self._events: list[MediaEvent] = []
        self._judge = engines.judge if setting.judged else None

    async def play(self) -> Outcome:
        recognisers: tuple[Recogniser, ...] = (self._recogniser,) if self._recogniser else ()
        leg = Conversation(
            transport=self._line,
            ticker=self._beat,
            clock=self._clock,
            vad=WebRtcVad(self._setting.aggressiveness),
            recognisers=recognisers,
            voice=SceneVoice(self._scene.agent),
            end_of_turn=self._judge,
            options=self._setting.options,
        )
        leg.connect(self._events.append)
        leg.listen(Listening("en", self._scene.phrases, end_silence_ms=self._setting.end_silence_ms))
        await self._run(lambda: leg.say(Utterance("agent", (Speech("what the agent says", "en"),))))
        outcome = self._outcome()
        await leg.close()
        return outcome

    async def _run(self, speak: Callable[[], None]) -> None:
        speak_at = round(self._scene.agent_at_s / FRAME_S) if len(self._scene.agent) else -1
        for place in range(self._line.frames):
            await self._until(place * FRAME_S)
            if place == speak_at:
                speak()
            self._line.now = place * FRAME_S
            if self._beat.member:
                self._beat.member.tick(self._clock.now())
            await self._until(place * FRAME_S + _PHASE_S)
            self._line.come(place, self._clock.now())

    async def _until(self, scene_s: float) -> None:
        await asyncio.sleep(max(0.0, self._start + scene_s - self._clock.now()))

    def _outcome(self) -> Outcome:
        scene = self._scene
        since = self._start + scene.agent_at_s
        turns = [event for event in self._of(TurnEnded) if event.at > since]
        barged = next((event.at - self._start for event in self._of(BargedIn)), None)
        heard = [at for at in self._line.heard_at if barged is None or at <= barged]
        return Outcome(
            kind=scene.kind,
            line=scene.line.name,
            start_s=_arrival(scene.start_s),
            end_s=_arrival(scene.end_s - 0.001),
            started=any(event.at > since for event in self._of(SpeechStarted)),
            turns=tuple(
                Turn(event.at - self._start - event.recognised_ms / 1000, event.at - self._start, event.text)
                for event in turns
            ),
            barged_in_s=barged,
            last_heard_s=heard[-1] if heard else None,
            pauses_ms=tuple((event.at - event.paused_at) * 1000 for event in self._of(AgentResumed)),
            kept_from_s=self._kept_from(since),
        )

    def _of(self, kind: type[_E]) -> list[_E]:
        return [event for event in self._events if isinstance(event, kind)]

    def _kept_from(self, since: float) -> float | None:
        opened = self._recogniser.opened if self._recogniser else []
        first = next((one for one in opened if one.at > since and one.frames), None)
        return None if first is None else first.at - self._start - (first.frames + JITTER_FRAMES + 1) * FRAME_S


def _arrival(scene_s: float) -> float:
    """When the packet comes that holds this moment of the caller's audio."""
    return int(scene_s / FRAME_S) * FRAME_S + _PHASE_S


def _recogniser(scene: Scene, setting: Setting, engines: Engines, clock: Clock, start: float) -> SceneRecogniser | None:
    if setting.words == "none":
        return None
    if setting.words == "lists":
        return closed_lists(engines.lists, clock)
    return transcript(scene.said, clock, start)
