"""What a recogniser is: streams of 8 kHz frames in, text with a confidence out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hint:
    """What is expected to be said.

    `phrases` is the closed list, in the order of the flow; empty means free speech.
    """

    language: str
    phrases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Languages that it may be in, where `language` is not sure: for engines that can tell."""
    words: tuple[str, ...] = ()
    """Words likely to be said (the order's, the step's), for engines that take a bias."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was said: `text` is empty when nothing, or nothing on the list, was heard; `confidence` is 0 to 1."""

    text: str
    confidence: float
    engine: str
    took_ms: float
    """Milliseconds from the end of speech to this result."""
    language: str = ""
    """The language that was heard (ISO 639-1), where the engine tells."""
    written: str = ""
    """What was written down, where none of the list's phrases was made of it."""


class RecognitionStream(Protocol):
    """One turn of one caller. Made by `Recogniser.open`; ended by exactly one of `finish` and `cancel`."""

    def feed(self, frame: bytes) -> None:
        """Take 20 ms of 16-bit 8 kHz audio. Never blocks, drops nothing below 30 s of speech."""

    async def so_far(self) -> Recognition | None:
        """What was said up to here, while the turn may go on; None where the engine can't tell. Asked at pauses, one
        question at a time; cancelled when the answer is no longer wanted. Raises as `finish` does.
        """

    async def finish(self) -> Recognition:
        """The result, once all that was fed is recognised. Raises `TimeoutError` past the engine's deadline."""

    def cancel(self) -> None:
        """Stop the work and free what it holds. Idempotent."""


class Recogniser(Protocol):
    """An engine that recognises speech. Its work runs off the event loop."""

    @property
    def name(self) -> str:
        """The engine's name in settings, logs and records."""

    def can(self, hint: Hint) -> bool:
        """Whether this language, and this kind of list, is served."""

    def open(self, hint: Hint) -> RecognitionStream:
        """Start listening for one turn. Never blocks."""
