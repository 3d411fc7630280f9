"""Scenes: who answers a call, and what is heard of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from bench.turns.line import Line
from bench.turns.sounds import Sound

LENGTH_S = 12.0
"""What is heard of somebody who says no more: as long as a first verdict may be taken back."""


class Kind(Enum):
    """Who answers."""

    HELLO = "a word or two"
    TWICE = "hello? … hello?"
    FIRM = "a clause of up to 2.4 s, as a shop answers"
    LATE = "a word or two, after 0.5 to 3 s"
    ASKS = "a word or two, then a question"
    TALKER = "clauses of 2 to 4 s, with pauses for breath"
    MUTE = "nobody speaks"
    RADIO = "a word or two, with music or a speaker behind"
    TILL = "a word or two, among beeps and dishes"
    VOICEMAIL = "a greeting of sentences, a beep"
    FRIENDLY = "hello … a greeting of sentences, a beep"
    BRIEF = "a clause, a beep"
    ANNOUNCEMENT = "a network's announcement, repeated"
    MENU = "a menu, with pauses"
    TONES = "information tones, an announcement"
    FAX = "a fax"
    MUSIC = "music on hold"


PEOPLE = frozenset(
    {
        *(Kind.HELLO, Kind.TWICE, Kind.FIRM, Kind.LATE, Kind.ASKS, Kind.TALKER),
        *(Kind.MUTE, Kind.RADIO, Kind.TILL),
    }
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One answered call. Times in seconds from the answer."""

    name: str
    kind: Kind
    line: Line
    callee: Sound = field(repr=False)
    speaks_at_s: float
    greeted_at_s: float
    """The end of the first thing that is said, up to a pause that is one for a person."""
    beep_end_s: float | None = None
    seed: int = 0

    @property
    def person(self) -> bool:
        return self.kind in PEOPLE
