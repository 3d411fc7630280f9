"""How fast one may ask: a token bucket, pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_s` requests a second in the long run, `burst` at once."""

    per_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to one request."""

    granted: bool
    left: int
    """Requests that would be granted now."""
    wait_s: float
    """Until the next one is granted; 0 where one would be now."""


class Bucket:
    """One caller's. Times are seconds of a monotonic clock."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> Grant:
        """Ask for one request."""
        self._tokens = min(self._rate.burst, self._tokens + max(0.0, now - self._at) * self._rate.per_s)
        self._at = max(self._at, now)
        granted = self._tokens >= 1
        if granted:
            self._tokens -= 1
        return Grant(granted, int(self._tokens), max(0.0, (1 - self._tokens) / self._rate.per_s))
