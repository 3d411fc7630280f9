"""A conversation between a scripted caller and the real parts, on a virtual clock: one step is 20 ms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar

from media.audio.recorder import Recorder
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import Listening, MediaEvent, Utterance
from media.eot.protocol import EndOfTurn
from media.flight.log import FlightLog
from media.lid.protocol import LanguageIdentifier
from media.tts.protocol import Speech
from media.turn.contest import ContestRules
from media.turn.expectation import Manner
from media.vad.protocol import VoiceActivityDetector
from tests.media.fakes import (
    SILENT,
    VOICED,
    LoudnessVad,
    ManualTicker,
    ScriptedRecogniser,
    ScriptedTransport,
    ScriptedVoice,
    VirtualClock,
)

_E = TypeVar("_E", bound=MediaEvent)

MANNER = Manner(contest=ContestRules(claim_ms=700, click_ms=100, relent_ms=300, relent_most_ms=700))
"""Not what Mercury comes with, which is tuned: what these tests are about holds for any."""
ENGLISH = Listening("en", phrases=("yes", "no"), silence_ms=3000, end_silence_ms=600)


class Call:
    """One conversation and all that is around it."""

    def __init__(
        self,
        *,
        voice: ScriptedVoice | None = None,
        recognisers: tuple[ScriptedRecogniser, ...] | None = None,
        recorder: Recorder | None = None,
        vad: VoiceActivityDetector | None = None,
        end_of_turn: EndOfTurn | None = None,
        identifiers: tuple[LanguageIdentifier, ...] = (),
        clock: VirtualClock | None = None,
        flight: FlightLog | None = None,
        recognition_deadline_s: float = 0.05,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.start = self.clock.now()
        self.ticker = ManualTicker()
        self.transport = ScriptedTransport()
        self.recogniser = ScriptedRecogniser()
        self.voice = voice or ScriptedVoice()
        self.events: list[MediaEvent] = []
        self.leg = Conversation(
            transport=self.transport,
            ticker=self.ticker,
            clock=self.clock,
            vad=vad or LoudnessVad(),
            recognisers=recognisers if recognisers is not None else (self.recogniser,),
            voice=self.voice,
            recorder=recorder,
            end_of_turn=end_of_turn,
            identifiers=identifiers,
            flight=flight,
            options=Options(manner=MANNER, recognition_deadline_s=recognition_deadline_s, chunk_deadline_s=0.05),
        )
        self._told = asyncio.Event()
        self.leg.connect(self.hear_event)

    async def run(self, pattern: str) -> None:
        """A step a mark: `#` the caller speaks, `.` is silent, space: no packet comes."""
        for mark in pattern:
            if mark != " ":
                self.transport.hear(VOICED if mark == "#" else SILENT, self.clock.now())
            for member in list(self.ticker.members):
                member.tick(self.clock.now())
            await self.settle()
            self.clock.advance(0.02)

    @staticmethod
    async def settle() -> None:
        """Let the tasks that can go on do so."""
        for _ in range(6):
            await asyncio.sleep(0)

    def hear_event(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._told.set()

    async def until(self, kind: type[MediaEvent]) -> None:
        """Wait, in real time, for an event that a thread or a deadline brings."""
        async with asyncio.timeout(5):
            while not self.of(kind):
                self._told.clear()
                await self._told.wait()

    def ms(self, at: float) -> int:
        return round((at - self.start) * 1000)

    def say(self, name: str, text: str, *, barge_in: bool = True) -> None:
        self.leg.say(Utterance(name, (Speech(text, "en"),), barge_in))

    def play(self, name: str, path: Path) -> None:
        self.leg.say(Utterance(name, (path,)))

    def of(self, kind: type[_E]) -> list[_E]:
        return [event for event in self.events if isinstance(event, kind)]
