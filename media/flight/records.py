"""What is in a flight log, as values. Pure. Times are seconds on the call's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TURNS = "turns"
"""The note that says how turns are taken, and what the codes of actions mean."""


@dataclass(frozen=True, slots=True)
class CallerFrame:
    """20 ms of the caller's came."""

    at: float
    voiced: bool
    loud: bool
    level: int
    """Root mean square of its samples."""


@dataclass(frozen=True, slots=True)
class AgentLevel:
    """A tick in which the agent was heard."""

    at: float
    level: int
    """Root mean square of its samples, within 6 %."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """A tick that changed something about the turns."""

    at: float


@dataclass(frozen=True, slots=True)
class Called:
    """A method of the turns was called; `at` is its time where it takes one."""

    at: float
    method: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Acted:
    """What the turns made of the input before it: codes of actions."""

    at: float
    codes: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Anything else that happened."""

    at: float
    kind: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Gap:
    """Pieces (seconds, mostly) that are not in the file."""

    at: float
    pieces: int


Record = CallerFrame | AgentLevel | Ticked | Called | Acted | Note | Gap


@dataclass(frozen=True, slots=True)
class Flight:
    """A log that was read. `damage`: why it is not whole, "" where it is; what comes before the damage is there."""

    records: tuple[Record, ...]
    damage: str = ""

    def notes(self, *kinds: str) -> list[Note]:
        """Its notes of these kinds, in order."""
        return [record for record in self.records if isinstance(record, Note) and record.kind in kinds]

    def facts(self, kind: str) -> Mapping[str, object]:
        """Of the first note of this kind; none where there is no such note."""
        return next((note.facts for note in self.notes(kind)), {})
