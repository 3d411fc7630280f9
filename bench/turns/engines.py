"""Engines for scenes: the real ones in this process, answering after the time that they take, each question once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.turns.scenes import Said
from bench.turns.sounds import Sound, to_pcm
from media.asr.closed_list import ClosedLists, as_samples
from media.asr.judgement import accepted, confidence
from media.asr.pocketsphinx import NAME
from media.asr.protocol import Hint, Recognition
from media.audio.pcm import FRAME_BYTES, FRAME_MS, TELEPHONE_RATE, Pcm
from media.clock import Clock
from media.eot.smart_turn import Model
from media.tts.answer import SpokenAnswer
from media.tts.protocol import Speech

LIST_MS, LIST_MS_PER_S = 15.0, 30.0
"""What pocketsphinx takes for a closed list, and for each second of audio (docs/turn-taking.md)."""
JUDGEMENT_MS = 75.0
"""What smart-turn takes."""
TRANSCRIPT_MS = 200.0
"""What a streaming recogniser of free speech lags behind."""


@dataclass
class Opened:
    """A stream that was opened: when, and how many frames of before it was given at once."""

    at: float
    frames: int = 0


@dataclass
class Lists:
    """pocketsphinx's closed lists. Remembers answers, for settings share most of their questions."""

    lists: ClosedLists = field(default_factory=ClosedLists)
    known: dict[bytes, tuple[str, float]] = field(default_factory=dict)

    def hear(self, audio: bytes, phrases: tuple[str, ...]) -> tuple[str, float]:
        key = hashlib.sha256(repr(phrases).encode() + audio).digest()
        if key not in self.known:
            heard = self.lists.hear(as_samples(audio), phrases)
            sure = confidence(heard.evidence) if heard.evidence else 0.0
            self.known[key] = heard.phrase if accepted(sure, 0.0) else "", sure
        return self.known[key]


Heard = Callable[[bytes, Hint], tuple[str, float, float]]
"""Text, confidence, and the milliseconds that it takes."""


class SceneRecogniser:
    """A `Recogniser` for one scene."""

    def __init__(self, name: str, clock: Clock, hear: Heard, can: Callable[[Hint], bool]) -> None:
        self.name = name
        self.clock = clock
        self.hear = hear
        self.can = can
        self.opened: list[Opened] = []

    def open(self, hint: Hint) -> SceneStream:
        self.opened.append(Opened(self.clock.now()))
        return SceneStream(self, hint, self.opened[-1])


class SceneStream:
    """A `RecognitionStream`."""

    def __init__(self, engine: SceneRecogniser, hint: Hint, opened: Opened) -> None:
        self._engine = engine
        self._hint = hint
        self._opened = opened
        self._frames: list[bytes] = []

    def feed(self, frame: bytes) -> None:
        self._frames.append(frame)
        if self._engine.clock.now() == self._opened.at:
            self._opened.frames += 1

    async def so_far(self) -> Recognition:
        text, sure, took_ms = self._engine.hear(b"".join(self._frames), self._hint)
        await asyncio.sleep(took_ms / 1000)
        language = "" if text.isascii() else "hi"
        return Recognition(text, sure, self._engine.name, took_ms, language)

    async def finish(self) -> Recognition:
        return await self.so_far()

    def cancel(self) -> None:
        """Nothing goes on."""


def closed_lists(lists: Lists, clock: Clock) -> SceneRecogniser:
    """pocketsphinx on the scene's list."""

    def hear(audio: bytes, hint: Hint) -> tuple[str, float, float]:
        seconds = len(audio) / FRAME_BYTES * FRAME_MS / 1000
        return (*lists.hear(audio, hint.phrases), LIST_MS + LIST_MS_PER_S * seconds)

    return SceneRecogniser(NAME, clock, hear, lambda hint: bool(hint.phrases))


def transcript(said: tuple[Said, ...], clock: Clock, start: float) -> SceneRecogniser:
    """What a recogniser of free speech that makes no mistake would have written by now: a stand-in."""

    def hear(_audio: bytes, _hint: Hint) -> tuple[str, float, float]:
        now_s = clock.now() - start
        return next((words.text for words in reversed(said) if words.by_s <= now_s), ""), 0.95, TRANSCRIPT_MS

    return SceneRecogniser("transcript", clock, hear, lambda _: True)


class Judge:
    """smart-turn in this process. Remembers answers."""

    name = "smart-turn"

    def __init__(self, model: Path) -> None:
        self._model = Model(model)
        self._known: dict[bytes, float] = {}

    async def start(self) -> None:
        """It is."""

    async def probability(self, audio: Pcm) -> float:
        key = hashlib.sha256(audio.samples).digest()
        if key not in self._known:
            self._known[key] = self._model.probability(audio)
        await asyncio.sleep(JUDGEMENT_MS / 1000)
        return self._known[key]

    async def close(self) -> None:
        """With the process."""


class SceneVoice:
    """Says the scene's agent, whatever the text."""

    def __init__(self, agent: Sound) -> None:
        self._audio = Pcm(TELEPHONE_RATE, to_pcm(agent))

    def ready(self, speech: Speech) -> Pcm:
        return self._audio

    async def render(self, speech: Speech) -> AsyncIterator[Pcm]:
        yield self._audio

    def prepare(self, speech: Speech) -> None:
        """It is."""

    def answer(self, like: Speech) -> SpokenAnswer | None:
        return None
