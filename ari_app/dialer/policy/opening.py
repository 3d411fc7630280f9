"""When a purpose's calls may be made: hours of the day, days of the week, and days on which none is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MIN = 24 * 60
EVERY_DAY = frozenset(range(7))
_LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class Opening:
    """From `opens_min` to just before `closes_min` (minutes after midnight) on its days; Monday is 0.

    Hours whose end is not after their beginning run past midnight, and belong to the day on which they began.
    """

    opens_min: int = 0
    closes_min: int = DAY_MIN
    days: frozenset[int] = EVERY_DAY
    closures: frozenset[date] = frozenset()

    def next_at(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment itself when it is open then, else the next opening (UTC); None: not within a year."""
        for opens, closes in self._spans(at, zone):
            if at < closes:
                return max(opens, at.astimezone(UTC))
        return None

    def _spans(self, at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """The opening hours from the day before on, in their order."""
        first = at.astimezone(zone).date() - timedelta(days=1)
        length = (self.closes_min - self.opens_min) % DAY_MIN or DAY_MIN
        for day in (first + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS)):
            if day.weekday() in self.days and day not in self.closures:
                yield _moment(day, self.opens_min, zone), _moment(day, self.opens_min + length, zone)


def start_of_next_day(at: datetime, zone: ZoneInfo) -> datetime:
    """The midnight that follows, in UTC."""
    return _moment(at.astimezone(zone).date() + timedelta(days=1), 0, zone)


def start_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    """The midnight before, in UTC."""
    return _moment(at.astimezone(zone).date(), 0, zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """By the clock on the wall of that zone, whatever its offset is on that day."""
    days, minutes = divmod(minute, DAY_MIN)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC)
