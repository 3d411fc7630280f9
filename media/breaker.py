"""A circuit breaker: a backend or an engine that fails is left alone for a while. Pure; every call brings its time.

CLOSED ──failures in a row──► OPEN ──open_s──► HALF_OPEN (one goes ahead) ──success──► CLOSED
                                ▲───────────────failure──────────┘
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Whether requests are let through."""

    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()
    """One request is on its way to find out."""


class Breaker:
    """Counts failures in a row. Times are seconds on a monotonic clock."""

    def __init__(self, *, failures: int, open_s: float) -> None:
        self._most = failures
        self._open_s = open_s
        self._failures = 0
        self._opened_at = 0.0
        self.state = State.CLOSED

    def admit(self, now: float) -> bool:
        """Whether a request may go; each that may is to be followed by `succeeded`, `failed` or `withdrawn`."""
        if self.state is State.CLOSED:
            return True
        if now - self._opened_at < self._open_s:
            return False
        self.state, self._opened_at = State.HALF_OPEN, now
        return True

    def succeeded(self) -> None:
        """A request was answered."""
        self._failures = 0
        self.state = State.CLOSED

    def failed(self, now: float) -> None:
        """A request was not."""
        self._failures += 1
        if self.state is State.HALF_OPEN or self._failures >= self._most:
            self.state, self._opened_at = State.OPEN, now

    def withdrawn(self, now: float) -> None:
        """A request was given up before its answer: nothing is known of it. Another may find out."""
        if self.state is State.HALF_OPEN:
            self.state, self._opened_at = State.OPEN, now - self._open_s

    def retry_s(self, now: float) -> float:
        """Seconds until a request may go; 0 when it may now."""
        return 0.0 if self.state is State.CLOSED else max(0.0, self._opened_at + self._open_s - now)
