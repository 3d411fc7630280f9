"""What a synthesiser is: text in, a stream of audio out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from media.audio.pcm import Pcm
from media.workers.line import Rank


@dataclass(frozen=True, slots=True)
class Speech:
    """Text to be spoken; `speed` 1.0 is the voice's own, `voice` "" the engine's default for the language."""

    text: str
    language: str
    voice: str = ""
    speed: float = 1.0
    rank: Rank = field(default=Rank.WAITING, compare=False)
    """Whether somebody waits to hear it, or it is rendered ahead; nothing of how it sounds."""


class Synthesiser(Protocol):
    """An engine that speaks."""

    @property
    def name(self) -> str:
        """The engine's name in settings, logs and cache keys."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages it speaks."""

    def fingerprint(self, speech: Speech) -> str:
        """All that decides how it sounds beside the text: engine, version, voice, settings. Part of the cache's key."""

    def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        """Audio in order, at the engine's own rate, the first chunk as soon as there is one.

        Closing the iterator stops the work.
        """
