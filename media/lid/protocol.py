"""What a language identifier is: a caller's turn in, the share of each language that it may be in out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from media.audio.pcm import Pcm


@dataclass(frozen=True, slots=True)
class Said:
    """A caller's turn, and the languages (ISO 639-1) that it may be in: at least two."""

    audio: Pcm
    languages: tuple[str, ...]
    text: str = ""
    """What a recogniser wrote down; "" where none did."""


class LanguageIdentifier(Protocol):
    """An engine that tells languages apart. May be shared by all calls; its work runs off the event loop."""

    @property
    def name(self) -> str:
        """The engine's name in settings, logs and records."""

    @property
    def hears(self) -> bool:
        """Whether it goes by the sound: then it is asked while the turn is being recognised, and gets no text."""

    def tells(self, languages: tuple[str, ...]) -> bool:
        """Whether it can tell these from one another."""

    async def identify(self, said: Said) -> Mapping[str, float]:
        """The share of each language, 0 to 1, together 1 at most; none where nothing can be told.

        Cancelling it ends the work. Raises `EngineError`.
        """
