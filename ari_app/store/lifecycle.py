"""Which status may follow which: one table. A status never goes backwards, and one of the final ones is the last."""

from __future__ import annotations

from ari_app.store.records import FINAL, Direction, Status

FIRST: dict[Direction, Status] = {Direction.OUTBOUND: Status.QUEUED, Direction.INBOUND: Status.RINGING}
"""The status that a call is recorded with."""

PREDECESSORS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset(),
    Status.RINGING: frozenset({Status.QUEUED}),
    Status.IN_PROGRESS: frozenset({Status.QUEUED, Status.RINGING}),
} | dict.fromkeys(FINAL, frozenset({Status.QUEUED, Status.RINGING, Status.IN_PROGRESS}))
"""Status → those that it may follow. Steps may be left out: an answer can overtake the news of ringing."""


def may_follow(before: Status, after: Status) -> bool:
    """Whether a call with status `before` may become `after`."""
    return before in PREDECESSORS[after]
