"""How an engine does: what it answered, how fast, what went wrong; left alone for a while if it keeps failing. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from media.breaker import Breaker

_KEPT = 200
"""Latest answers that the figures are taken from."""


class Condition(StrEnum):
    """What an engine's latest work says of it."""

    WELL = "well"
    FAILING = "failing"
    RESTING = "left alone"
    """It failed too often in a row: others are asked, until it is tried again."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """An engine's record. Milliseconds are of its latest answers, up to 200."""

    condition: Condition
    answered: int
    failed: int
    skipped: int
    """Times that it was not asked, because it was left alone."""
    median_ms: float
    slowest_ms: float
    error: str
    """The latest; "" where none ever came."""
    retry_s: float
    """Until it is tried again, where it is left alone."""

    def __str__(self) -> str:
        words = [f"{self.condition}, {self.answered} answered, {self.failed} failed"]
        if self.condition is Condition.RESTING:
            words.append(f"tried again in {self.retry_s:.0f} s")
        if self.answered:
            words.append(f"median {self.median_ms:.0f} ms, slowest {self.slowest_ms:.0f} ms")
        if self.condition is not Condition.WELL:
            words.append(f"last: {self.error}")
        return "; ".join(words)


class EngineHealth:
    """One engine's. Every call brings its time: seconds on a monotonic clock."""

    def __init__(self, *, failures: int, open_s: float) -> None:
        self._breaker = Breaker(failures=failures, open_s=open_s)
        self._failures = 0
        """In a row."""
        self._answered = self._failed = self._skipped = 0
        self._took_ms: deque[float] = deque(maxlen=_KEPT)
        self._error = ""

    def ready(self, now: float) -> bool:
        """Whether work would be admitted."""
        return self._breaker.retry_s(now) == 0.0

    def admit(self, now: float) -> bool:
        """Whether it may be given work; that is to be followed by `answered`, `went_wrong` or `withdrawn`."""
        admitted = self._breaker.admit(now)
        self._skipped += not admitted
        return admitted

    def answered(self, took_ms: float) -> bool:
        """It did its work; whether it was failing before."""
        recovered = self._failures > 0
        self._breaker.succeeded()
        self._failures = 0
        self._answered += 1
        self._took_ms.append(took_ms)
        return recovered

    def went_wrong(self, now: float, error: str) -> bool:
        """It did not; whether it is left alone from now on."""
        ready = self.ready(now)
        self._breaker.failed(now)
        self._failures += 1
        self._failed += 1
        self._error = error
        return ready and not self.ready(now)

    def withdrawn(self, now: float) -> None:
        """Nobody wants the work any more; how it would have gone is not known."""
        self._breaker.withdrawn(now)

    def report(self, now: float) -> HealthReport:
        """How it does."""
        condition = Condition.FAILING if self._failures else Condition.WELL
        return HealthReport(
            condition=condition if self.ready(now) else Condition.RESTING,
            answered=self._answered,
            failed=self._failed,
            skipped=self._skipped,
            median_ms=median(self._took_ms) if self._took_ms else 0.0,
            slowest_ms=max(self._took_ms, default=0.0),
            error=self._error,
            retry_s=self._breaker.retry_s(now),
        )
