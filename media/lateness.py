"""How late the media loop was of late: a rolling 99th percentile, cheap to feed and to ask. Pure."""

from __future__ import annotations

from collections import deque
from itertools import islice

BUCKET_S = 0.5
KEPT_S = 30.0
"""How far back can be asked."""
_EDGES_MS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400)
_BUCKETS = round(KEPT_S / BUCKET_S)


class RecentLateness:
    """Wake-ups by how late they came, for the last `KEPT_S` seconds."""

    def __init__(self) -> None:
        self._buckets: deque[tuple[int, list[int]]] = deque(maxlen=_BUCKETS)
        self._bucket = -1
        self._counts: list[int] = []

    def note(self, late_ms: float, now: float) -> None:
        """A wake-up came so late, at `now` (seconds of the clock)."""
        bucket = int(now / BUCKET_S)
        if bucket != self._bucket:
            self._bucket, self._counts = bucket, [0] * (len(_EDGES_MS) + 1)
            self._buckets.append((bucket, self._counts))
        place = 0
        while place < len(_EDGES_MS) and late_ms > _EDGES_MS[place]:
            place += 1
        self._counts[place] += 1

    def p99_ms(self, last_s: float, now: float) -> float:
        """What 99 of 100 wake-ups of the last seconds kept within, rounded up; 0 when there were none.

        Wake-ups later than 400 ms count as 800.
        """
        oldest = int(now / BUCKET_S) - round(last_s / BUCKET_S)
        recent = [counts for bucket, counts in islice(reversed(self._buckets), _BUCKETS) if bucket > oldest]
        totals = [sum(column) for column in zip(*recent, strict=True)]
        beyond = sum(totals) / 100
        for place in range(len(totals) - 1, -1, -1):
            beyond -= totals[place]
            if beyond < 0:
                return float(_EDGES_MS[place]) if place < len(_EDGES_MS) else 2.0 * _EDGES_MS[-1]
        return 0.0
