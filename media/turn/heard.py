"""What the words recognised so far say about a turn: whether it is complete, and whether it is one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from media.turn.words import goes_on, takes_no_turn, words_of

CLOSING_MS = 1000.0
"""A word of agreement over the agent's last words answers them: so long before their end."""


class Completeness(Enum):
    """How far an answer has come."""

    NOTHING = auto()
    """No words were heard, or they are not known yet."""
    OPEN = auto()
    """Words that may be all, or not."""
    GOING_ON = auto()
    """A sentence that does not end here."""
    COMPLETE = auto()
    """An answer to the question asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of the speech up to a pause. `voiced_at`: its last voiced frame, in seconds: more makes it old."""

    voiced_at: float
    completeness: Completeness
    claims: bool = False
    """Whether these words, said over the agent, take the turn."""


def completeness(text: str, phrases: Sequence[str], language: str) -> Completeness:
    """How far `text` has come as an answer; `phrases` are those that the question is answered by, if they are known."""
    words = words_of(text)
    if not words:
        return Completeness.NOTHING
    listed = _listed(tuple(phrases))
    if words in listed:
        return Completeness.COMPLETE
    if goes_on(words, language) or any(phrase[: len(words)] == words for phrase in listed):
        return Completeness.GOING_ON
    return Completeness.OPEN


def claims(text: str, phrases: Sequence[str], language: str, remaining_ms: float | None) -> bool:
    """Whether `text` over the agent takes the turn.

    `remaining_ms`: what the agent still has to say; None if that is not known.
    """
    words = words_of(text)
    if not words:
        return False
    if not takes_no_turn(words, language):
        return True
    return remaining_ms is not None and remaining_ms <= CLOSING_MS and (not phrases or words in _listed(tuple(phrases)))


@lru_cache(maxsize=1024)
def _listed(phrases: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(words_of(phrase) for phrase in phrases)
