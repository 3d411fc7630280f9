"""One decoding by Whisper: what is asked of the model, and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from media.workers.line import Rank


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that the text is to begin with, and the mean log probability of their tokens."""

    words: tuple[str, ...] = ()
    logprob: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Up to 30 s of 16-bit 8 kHz audio, and what is known of it."""

    audio: bytes
    languages: tuple[str, ...]
    """That it may be in, at least one; with one, none is detected."""
    context: str = ""
    """What was said just before, or is likely to be said."""
    prefix: Prefix = Prefix()
    locate_prefix: bool = False
    """Tell where in the audio the prefix ends (costs about a tenth of the decoding)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model makes of a passage."""

    words: tuple[str, ...]
    """Begins with the prefix."""
    logprob: float
    """Mean log probability of a token, prefix and end of text among them."""
    no_speech: float
    """Probability that nobody speaks, 0 to 1."""
    language: str
    prefix_ends_ms: int | None = None


class Decode(Protocol):
    """Has a passage decoded. Cancelling it ends the work at its next step."""

    def __call__(self, passage: Passage, rank: Rank) -> Awaitable[Decoded]:
        """Raises `EngineBusyError` and `EngineError`."""
