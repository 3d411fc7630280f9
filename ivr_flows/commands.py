"""What the interpreter asks for. Plain data, executed by the runner in order.

A batch of commands ends with exactly one of `Wait`, `Decide`, `OptOut`, `Fetch`, `Pause`, `Think`, `ThinkOn`,
`Transfer` (the interpreter then waits for their event) or `End`. `Say` only queues audio: several of them and the
`Wait` behind them take effect at once, so that a key or a word during the prompts reaches the wait that follows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Text ready for a synthesiser (templates filled, numbers and money worded), in one language."""

    text: str
    language: str
    voice: str = ""
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A sound file beside the flows; `path` is relative to the flows file."""

    path: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Silence within what is said."""

    ms: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Something the caller said earlier in this call, by the name that its `Speech` event gave."""

    name: str


SayPart = SpokenText | SoundFile | Rest | Recording


@dataclass(frozen=True, slots=True)
class Say:
    """Say one prompt. `id` is unique in the session; `fixed` when it holds no variable and can be rendered at start."""

    id: str
    parts: tuple[SayPart, ...]
    barge_in: bool = True
    fixed: bool = False
    private: bool = False
    """Whether it may hold what the caller answered in private."""


@dataclass(frozen=True, slots=True)
class SpokenOption:
    """An option that can be said, with its phrases in the session's language (and in Latin letters)."""

    name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pauses:
    """Silence that ends a spoken answer, in milliseconds; None leaves it to the runner."""

    least_ms: int | None = None
    """After an answer that is complete."""
    usual_ms: int | None = None
    most_ms: int | None = None
    """After words that go on."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for a key, a word or silence.

    `keys` are the keys that mean something here (others still come, as no-match). `options` is the closed list that can
    be said; `free` asks for any speech. `clear_typed` drops keys pressed before this wait (before something
    irreversible).
    """

    language: str
    keys: str = ""
    options: tuple[SpokenOption, ...] = ()
    free: bool = False
    silence_ms: int = 5000
    pauses: Pauses = Pauses()
    max_turn_ms: int = 15_000
    record: bool = False
    ends_with: str = ""
    """The key that ends a spoken turn; the answer is then the turn, not the key."""
    clear_typed: bool = False
    recognise: bool = True
    """Whether what is said is to be understood; recordings alone are not."""
    numbers: bool = False
    """Whether numbers are listened for, where somebody can hear free speech; `options` beside them."""
    beep: bool = False
    """Whether a tone says when to speak; what was said before it does not count."""
    private: bool = False
    """Whether the answer is kept off recordings and out of the history, from the words before the question on."""
    detect: tuple[str, ...] = ()
    """Languages that the speech may be in, where that is not known: `Speech.language` is one of them, or ""."""


@dataclass(frozen=True, slots=True)
class Decide:
    """Commit the call's outcome and its data, with the result to be sent, before anything more is said.

    Answered by `Decided` or `Failed`.
    """

    outcome: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OptOut:
    """Have the other side's number called no more, before anything more is said. Answered by `Decided` or `Failed`."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask or send something. Answered by `Fetched` or `Failed` within `timeout_ms`."""

    name: str
    arguments: Mapping[str, object]
    timeout_ms: int = 3000
    service: str = "jupiter"
    key: str = ""
    """Of a submission: the same each time it is sent again, and no other's in this call. "" is a lookup."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass, from when all was said; keys are kept. Answered by `Passed`."""

    ms: int
    music: str = ""
    """A sound file, played over and over; silence without one."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact for the mind."""

    asked: tuple[str, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Think:
    """Have a mind answer the caller. Answered by `Thought` or `Failed` within `timeout_ms`.

    `history`: (who, text) of the talk so far, who being "caller" or "agent", as it was heard; the question is its last.
    `tools`: lookups that the mind may make, as what they ask for; `exits`: intent → when it is meant.
    """

    language: str
    persona: str
    history: tuple[tuple[str, str], ...]
    facts: tuple[Known, ...] = ()
    tools: Mapping[str, Fetch] = field(default_factory=dict)
    exits: Mapping[str, str] = field(default_factory=dict)
    timeout_ms: int = 5000


@dataclass(frozen=True, slots=True)
class ThinkOn:
    """Go on with an answer whose beginning is being said. Answered by `Thought` or `Failed`: what was said stands."""

    timeout_ms: int = 5000


@dataclass(frozen=True, slots=True)
class Transfer:
    """Ring a person and hand them the caller. Answered by `Talked` when they have left, or `Failed`.

    `whisper` is said to them before; `accept` is the key that takes the call ("": to answer is to take it).
    """

    to: str
    trunk: str = ""
    whisper: tuple[SayPart, ...] = ()
    accept: str = ""
    music: str = ""
    ring_ms: int = 25_000
    longest_ms: int = 1_800_000


@dataclass(frozen=True, slots=True)
class End:
    """The flow is over: play what is queued, then hang up (`hang_up`).

    `outcome` is one of the flow's declared ones, or of `ivr_flows.vocabulary.OUTSIDE` where it was ended from outside.
    """

    outcome: str
    data: Mapping[str, object] = field(default_factory=dict)
    decided: bool = False
    """Whether the outcome was already committed by `Decide`."""


Asked = Wait | Decide | OptOut | Fetch | Pause | Think | ThinkOn | Transfer
"""What the interpreter waits for."""
Command = Say | Asked | End
