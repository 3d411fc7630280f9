"""Runs a scene: the real conversation judges the callee; the agent speaks from the answer, or from the verdict on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from bench.machines.scenes import Kind, Scene
from bench.turns.engines import SceneVoice
from bench.turns.line import LineTransport
from bench.turns.loop import LoopClock, VirtualLoop
from bench.turns.sounds import Sound
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import Listening, MediaEvent, Utterance
from media.machine.manner import MachineManner
from media.machine.verdict import Because, Callee, CalleeJudged, GreetingOver
from media.ticker import Member
from media.tts.protocol import Speech
from media.turn.expectation import Manner
from media.vad.webrtc import WebRtcVad

_FRAME_S = 0.02
_PHASE_S = 0.005
_ECHO_DB = -30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in one scene. Times in seconds from the answer; None for what was never told."""

    scene: str
    kind: Kind
    line: str
    person: bool
    speaks_at_s: float
    greeted_at_s: float
    beep_end_s: float | None
    first: Callee | None
    first_s: float
    machine_s: float | None
    because: Because | None
    """Of the last verdict."""
    over_s: float | None
    beep_s: float | None


class _Beat:
    """Ticks one member by hand."""

    member: Member | None = None

    def add(self, member: Member) -> None:
        self.member = member

    def remove(self, member: Member) -> None:
        self.member = None


def play(scene: Scene, agent: Sound, manner: MachineManner, *, at_once: bool, aggressiveness: int) -> Outcome:
    """Run it. The same scene always gives the same."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(
            _play(scene, agent, manner, LoopClock(loop), at_once=at_once, aggressiveness=aggressiveness)
        )
    finally:
        loop.close()


async def _play(
    scene: Scene, agent: Sound, manner: MachineManner, clock: LoopClock, *, at_once: bool, aggressiveness: int
) -> Outcome:
    line = LineTransport(
        scene.callee, scene.line, np.random.default_rng(scene.seed), echo_db=_ECHO_DB, echo_delay_frames=6
    )
    beat = _Beat()
    leg = Conversation(
        transport=line,
        ticker=beat,
        clock=clock,
        vad=WebRtcVad(aggressiveness),
        recognisers=(),
        voice=SceneVoice(agent),
        options=Options(manner=Manner()),
    )
    start, told, opening = clock.now(), list[MediaEvent](), Utterance("opening", (Speech("the opening", "en"),))
    spoken = at_once

    def on_event(event: MediaEvent) -> None:
        nonlocal spoken
        told.append(event)
        if isinstance(event, CalleeJudged) and event.callee is not Callee.MACHINE and not spoken:
            spoken = True
            leg.say(opening)

    leg.connect(on_event)
    leg.judge_callee(manner)
    leg.listen(Listening("en", ("yes",)))
    if at_once:
        leg.say(opening)
    for place in range(line.frames):
        await _until(clock, start + place * _FRAME_S)
        line.now = place * _FRAME_S
        if beat.member:
            beat.member.tick(clock.now())
        await _until(clock, start + place * _FRAME_S + _PHASE_S)
        line.come(place, clock.now())
    await leg.close()
    return _outcome(scene, told, start)


async def _until(clock: LoopClock, at: float) -> None:
    await asyncio.sleep(max(0.0, at - clock.now()))


def _outcome(scene: Scene, told: list[MediaEvent], start: float) -> Outcome:
    verdicts = [event for event in told if isinstance(event, CalleeJudged)]
    over = next((event for event in told if isinstance(event, GreetingOver)), None)
    machine = next((event.at - start for event in verdicts if event.callee is Callee.MACHINE), None)
    return Outcome(
        scene=scene.name,
        kind=scene.kind,
        line=scene.line.name,
        person=scene.person,
        speaks_at_s=scene.speaks_at_s,
        greeted_at_s=scene.greeted_at_s,
        beep_end_s=scene.beep_end_s,
        first=verdicts[0].callee if verdicts else None,
        first_s=verdicts[0].at - start if verdicts else 0.0,
        machine_s=machine,
        because=verdicts[-1].because if verdicts else None,
        over_s=over.at - start if over else None,
        beep_s=over.beep_at - start if over and over.beep_at else None,
    )
