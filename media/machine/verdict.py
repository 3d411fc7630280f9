"""What is found out about who answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Callee(StrEnum):
    """Who answered."""

    HUMAN = "human"
    MACHINE = "machine"
    UNKNOWN = "unknown"
    """In doubt: to be treated as a person."""


class Because(StrEnum):
    """What says so."""

    SHORT_GREETING = "short_greeting"
    """A word or two, then silence: somebody who waits for an answer."""
    LONG_GREETING = "long_greeting"
    """Speech that goes on and on: a recording."""
    MIDDLING_GREETING = "middling_greeting"
    """Longer than people mostly greet, and shorter than recordings."""
    NOBODY_SPOKE = "nobody_spoke"
    BEEP = "beep"
    NETWORK_TONES = "network_tones"
    """The special information tones before a network's announcement."""
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class CalleeJudged:
    """It was found out who answered. A later one takes back an earlier one, and is always a machine's."""

    at: float
    callee: Callee
    because: Because
    speech_ms: int
    """How long the greeting was by then."""


@dataclass(frozen=True, slots=True)
class GreetingOver:
    """A machine has said its greeting: what is said from now on is recorded, if it records at all."""

    at: float
    beep_at: float | None
    """The end of its beep; None where there was only silence."""


Found = CalleeJudged | GreetingOver
