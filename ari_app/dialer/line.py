"""Who is dialled first: a call's rank in the queue. Pure.

Within a priority the parties (vendors) take turns, as start-time fair queueing has it: a call's turn is one after the
last of its own party that waits, but never before the turn that is being served. So a party that posts a hundred calls
takes every other place beside one that posts two, and one that was idle gains nothing by it.
"""

from __future__ import annotations

from dataclasses import dataclass

TURNS = 10_000_000
"""Turns of a priority: the ranks of one never reach those of the next. The highest rank fits into 31 bits."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The calls of a priority that wait: `served` the lowest turn among them, `own` the party's highest; None: none."""

    served: int | None
    own: int | None


def rank(priority: int, waiting: Waiting) -> int:
    """The rank of a call that comes to them; 1 is the first of all."""
    turn = waiting.served or 0
    if waiting.own is not None:
        turn = max(turn, waiting.own + 1)
    return first_rank(priority) + min(turn, TURNS - 1)


def first_rank(priority: int) -> int:
    """The lowest rank of a priority (0 to 9)."""
    return priority * TURNS + 1


def turn(rank_: int) -> int:
    """The turn of a rank within its priority."""
    return (rank_ - 1) % TURNS
