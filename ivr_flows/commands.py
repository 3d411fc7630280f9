"""What the interpreter asks for. Plain data, executed by the runner in order.

A batch of commands ends with exactly one of `Wait`, `Decide`, `Fetch` (the interpreter then waits for their event) or
`End`. `Say` only queues audio: several of them and the `Wait` behind them take effect at once, so that a key or a word
during the prompts reaches the wait that follows them.
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
class Say:
    """Say one prompt. `id` is unique in the session; `fixed` when it holds no variable and can be rendered at start."""

    id: str
    parts: tuple[SpokenText | SoundFile, ...]
    barge_in: bool = True
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class SpokenOption:
    """An option that can be said, with its phrases in the session's language (and in Latin letters)."""

    name: str
    phrases: tuple[str, ...]


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
    end_silence_ms: int | None = None
    """Silence that ends the turn; None leaves it to the runner."""
    max_turn_ms: int = 15_000
    record: bool = False
    ends_with: str = ""
    """The key that ends a spoken turn; the answer is then the turn, not the key."""
    clear_typed: bool = False


@dataclass(frozen=True, slots=True)
class Decide:
    """Commit the call's outcome and its data, with the result to be sent, before anything more is said.

    Answered by `Decided` or `Failed`.
    """

    outcome: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Look something up at Jupiter. Answered by `Fetched` or `Failed` within `timeout_ms`."""

    name: str
    arguments: Mapping[str, object]
    timeout_ms: int = 3000


@dataclass(frozen=True, slots=True)
class End:
    """The flow is over: play what is queued, then hang up (`hang_up`). `outcome` is one of the flow's declared ones."""

    outcome: str
    data: Mapping[str, object] = field(default_factory=dict)
    decided: bool = False
    """Whether the outcome was already committed by `Decide`."""


Command = Say | Wait | Decide | Fetch | End
