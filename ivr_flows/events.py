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
    language: str = ""
    """The language that the recogniser heard (ISO 639-1); "" where it does not tell."""
    number: str = ""
    """The one number that it says, where the wait was for numbers: "25"."""
    digits: str = ""
    """The row of digits that it says, there: "988" for nine double eight."""
    unheard: bool = False
    """Whether its text is empty because every recogniser failed: no fault of the caller's."""
    cut: Mapping[str, str] = field(default_factory=dict)
    """What it cut short: each prompt's id (`Say.id`), and as much of its text as was heard."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The wait's time passed without a key or a word (no-input)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to `Decide` (and `OptOut`, which nothing refuses).

    Committed, or refused (`accepted` False: another decision of this order was first).
    """

    at_ms: int
    accepted: bool
    canceled: bool = False
    """Refused because the order was canceled."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to `Fetch`: to a lookup or a submission."""

    at_ms: int
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """A `Decide`, `OptOut`, `Fetch`, `Think`, `ThinkOn` or `Transfer` did not succeed in its time."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Passed:
    """The time of a `Pause` is over."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Thought:
    """The answer to `Think`: what to say, or the exit that is meant (with a calibrated confidence)."""

    at_ms: int
    text: str = ""
    exit: str = ""
    confidence: float = 1.0
    more: bool = False
    """Whether it is but a beginning: it is said, and `ThinkOn` asks for what follows, which may be nothing."""


@dataclass(frozen=True, slots=True)
class Talked:
    """The answer to `Transfer`: a person took the call, talked with the caller for this long, and has left."""

    at_ms: int
    talked_ms: int = 0


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The call has lasted as long as the flow lets it. Comes once."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Canceled:
    """Nobody wants the call any more, its order's owner least of all: the caller is told so, and it ends."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Dismissed:
    """An operator ends the call: the caller hears goodbye."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class LanguageAsked:
    """An operator has the call go on in another language."""

    at_ms: int
    language: str


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """An operator hands the caller to a person, whose number is in E.164."""

    at_ms: int
    to: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller has gone. Always the last event."""

    at_ms: int
    speech: Speech | None = None
    """The turn that the hang-up cut short, where one was being spoken."""


Control = Canceled | Dismissed | LanguageAsked | TransferAsked
"""What is asked of a call from outside."""
Event = Digit | Speech | Silence | Decided | Fetched | Failed | Passed | Thought | Talked | TimeUp | Control | HungUp
