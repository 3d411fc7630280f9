"""The one clock: injected wherever time is read, so that tests run on a virtual one."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A source of monotonic time."""

    def now(self) -> float:
        """Seconds on a clock that never goes back; its zero means nothing."""


class MonotonicClock:
    """The machine's monotonic clock, in whole microseconds: a time is the same when it is read from a log again."""

    def now(self) -> float:
        """Seconds, from CLOCK_MONOTONIC."""
        return time.monotonic_ns() // 1000 / 1e6
