"""When the next call may begin on a trunk that takes so many a second. Pure.

The moment is kept in the records, for all nodes, so it is told by wall clocks. Those may be set back: the wait is then
one interval, never the hour that the clock lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Slot:
    """Whether a call may begin now (`wait_s` 0), else how long to wait; `next_at` is to be kept in any case."""

    wait_s: float
    next_at: datetime


def slot(next_at: datetime | None, now: datetime, per_second: float) -> Slot:
    """Take the slot, if there is one now. `next_at`: as kept; None where none has begun yet."""
    interval = timedelta(seconds=1 / per_second)
    if next_at is None or next_at <= now:
        return Slot(0.0, now + interval)
    kept = min(next_at, now + interval)
    return Slot((kept - now).total_seconds(), kept)
