"""What answers a simulated call: the backend, the mind, the person who is rung."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivr_flows.commands import Think, Transfer
from ivr_flows.events import Failed, Talked, Thought

Lookup = Callable[[Mapping[str, object]], Mapping[str, object] | None]
"""Arguments → the answer's fields, or None for a failure."""
Mind = Callable[[Think], Thought | None]
"""What is asked → the answer, or None for a failure; its time is the simulator's."""
Callee = Callable[[Transfer], Talked | Failed]
"""Who is rung → how they took it; its time is the simulator's."""


def _thoughtless(_: Think) -> None:
    """A mind that never answers."""


def _helpful(_: Transfer) -> Talked:
    """A person who takes every call."""
    return Talked(0, 60_000)


@dataclass(frozen=True, slots=True)
class World:
    """What answers the flow. `accepted` is the answer to its decisions, None when they can't be committed; `canceled`
    says that they are refused because the order was canceled.

    A lookup or submission that is not named here fails.
    """

    lookups: Mapping[str, Lookup]
    accepted: bool | None = True
    submits: Mapping[str, Lookup] = field(default_factory=dict)
    thoughts: Mind = _thoughtless
    transfers: Callee = _helpful
    canceled: bool = False
