"""When the next call may begin on a trunk that takes so many a second. Pure.

The moment is kept in the records, for all nodes, so it is told by wall clocks. Those may be set back: the wait is then
one interval, never the hour that the clock lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_SET_S = 5.0
"""Less is how clocks are kept right, bit by bit."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Whether a call may begin now (`wait_s` 0), else how long to wait; `next_at` is to be kept in any case."""

    wait_s: float
    next_at: datetime


def slot(next_at: datetime | None, now: datetime, per_second: float) -> Slot:
    """Take the slot, if there is one now. `next_at`: as kept; None where none has begun yet.

    A slot that is taken late does not move those after it, by up to one interval: else every call would cost the trunk
    what asking for it takes. So in any time there are at most two more than the pace has.
    """
    interval = timedelta(seconds=1 / per_second)
    if next_at is None or next_at <= now:
        return Slot(0.0, interval + (now if next_at is None else max(next_at, now - interval)))
    kept = min(next_at, now + interval)
    return Slot((kept - now).total_seconds(), kept)


class SetBack:
    """Sees a wall clock that was set back, by a monotonic one beside it."""

    def __init__(self, wall: datetime, monotonic: float) -> None:
        self._wall = wall
        self._monotonic = monotonic

    def by(self, wall: datetime, monotonic: float) -> timedelta:
        """How far it was set back since it was last asked; nothing, if it was not, or set forward."""
        lost = timedelta(seconds=monotonic - self._monotonic) - (wall - self._wall)
        self._wall, self._monotonic = wall, monotonic
        return lost if lost > timedelta(seconds=_SET_S) else timedelta()
