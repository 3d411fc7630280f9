"""What can happen to a call, as the interpreter sees it. Plain data; every event carries its time.

`at_ms` counts milliseconds from the start of the call on whatever clock the runner has: the live loop's, or the
simulator's virtual one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Guess:
    """What a mind takes an answer for: the option's (or intent's) name and a calibrated confidence, 0 to 1."""

    option: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Digit:
    """A key: one of 0-9, `*`, `#`."""

    at_ms: int
    digit: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A turn of the caller's. `text` is empty when speech was heard and nothing made of it (no-match)."""

    at_ms: int
    text: str
    confidence: float
    guesses: tuple[Guess, ...] = ()
    recording: str | None = None
    """Name of the turn's recording, where the step keeps one."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The wait's time passed without a key or a word (no-input)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to `Decide`: committed, or refused (`accepted` False: another decision of this order was first)."""

    at_ms: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to `Fetch`."""

    at_ms: int
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """A `Decide` or `Fetch` did not succeed in its time."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller has gone. Always the last event."""

    at_ms: int


Event = Digit | Speech | Silence | Decided | Fetched | Failed | HungUp
