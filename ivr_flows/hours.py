"""Whether it is open: opening hours at a moment. Pure: the moment is given.

A span that ends at or before its beginning goes past midnight; the whole of it belongs to the day on which it begins.
A holiday is the day on the calendar: no span that begins on it opens, and what comes over from the evening before ends
at its midnight. What begins on the eve of a holiday is so cut short, and on the day after a holiday it opens as usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ivr_flows.model.hours import WEEKDAYS, HoursSpec

_DAY = timedelta(days=1)
_DAYS_AHEAD = 400
"""More than a year, for hours that open on few days."""
Minutes = tuple[int, int]
"""From and until, in minutes after midnight; past 1440 it is the next day."""


def is_open(hours: HoursSpec, at: datetime) -> bool:
    """Whether it is open at `at` (aware, in any zone). The first minute of a span is open, its end is not."""
    zone = _zone(hours)
    local = at.astimezone(zone)
    days = (local.date() - _DAY, local.date())
    return any(begin <= at < end for day in days for begin, end in _openings(hours, day, zone))


def next_opening(hours: HoursSpec, at: datetime) -> datetime | None:
    """When it is open next, in the hours' own zone: `at` itself while it is open; None when not within a year."""
    zone = _zone(hours)
    if is_open(hours, at):
        return at.astimezone(zone)
    today = at.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        begins = [begin for begin, _ in _openings(hours, today + ahead * _DAY, zone) if begin > at]
        if begins:
            return min(begins).astimezone(zone)
    return None


def spans(hours: HoursSpec, day: date) -> tuple[Minutes, ...]:
    """The spans that begin on this day, as written: none on a holiday."""
    if day in hours.holidays:
        return ()
    weekday = day.weekday()
    return tuple(
        _minutes(span) for days, written in hours.open.items() if weekday in weekdays(days) for span in written
    )


def weekdays(days: str) -> frozenset[int]:
    """Of mon-fri or sat: the days by their numbers, Monday 0. sat-mon goes over the week's end."""
    first, _, last = days.partition("-")
    numbers: dict[str, int] = {name: number for number, name in enumerate(WEEKDAYS)}
    begin, end = numbers[first], numbers[last or first]
    return frozenset(day % 7 for day in range(begin, end + 1 if begin <= end else end + 8))


def _openings(hours: HoursSpec, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """What opens on this day, and until when, in UTC."""
    midnight = _moment(day + _DAY, 0, zone)
    for begin, end in spans(hours, day):
        until = _moment(day, end, zone)
        yield _moment(day, begin, zone), min(until, midnight) if day + _DAY in hours.holidays else until


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A time on the clock of that day, in UTC: where clocks are put forward or back, it is what they show."""
    days, rest = divmod(minutes, 24 * 60)
    clock = datetime.combine(day + days * _DAY, time(rest // 60, rest % 60), zone)
    return clock.astimezone(UTC)


def _minutes(span: str) -> Minutes:
    begin, _, end = span.partition("-")
    first, last = _of_day(begin), _of_day(end)
    return first, last if last > first else last + 24 * 60


def _of_day(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


@lru_cache(maxsize=64)
def _named(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


def _zone(hours: HoursSpec) -> ZoneInfo:
    return _named(hours.zone)
