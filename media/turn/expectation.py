"""What is listened for, and how turns are taken: plain data, not compiled, so that it can be read back by its types."""

from __future__ import annotations

from dataclasses import dataclass, field

from media.turn.contest import ContestRules
from media.turn.endpointing import Bounds


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is listened for, as far as it concerns time."""

    speech: bool = True
    """Whether speech is an answer at all: without it there are neither turns nor barge-in."""
    silence_ms: int | None = None
    pauses: Bounds = field(default_factory=Bounds)
    """Silence that ends a turn."""
    max_turn_ms: int = 15_000
    recognised: bool = True
    """Whether words can be heard at all: where not, none are waited for."""
    judged: bool = False
    """Whether a model judges pauses."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How turns are taken, whatever is listened for, in milliseconds."""

    start_ms: int = 120
    """Voiced audio that makes a turn."""
    window_ms: int = 200
    """Within how much audio."""
    probe_ms: int = 160
    """Silence after which it is asked what was said so far."""
    murmur_ms: int = 80
    """Loud audio that may be speech though no voice was made out."""
    murmur_most_ms: int = 1000
    """More of it is noise."""
    contest: ContestRules = field(default_factory=ContestRules)
