"""Opening hours, by the clock of their own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.hours import is_open, next_opening, weekdays
from ivr_flows.model.hours import HoursSpec

KOLKATA = ZoneInfo("Asia/Kolkata")
SHOP = HoursSpec.model_validate(
    {
        "open": {"mon-fri": "09:00-21:00", "sat": ["10:00-14:00", "18:00-02:00"], "sun": "22:00-24:00"},
        "holidays": {"2026-10-02": "Gandhi Jayanti", "2026-11-08": "Diwali", "2026-11-16": "Long weekend"},
    }
)


def at(text: str, zone: ZoneInfo = KOLKATA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-10-05 08:59:59", False),  # Monday
        ("2026-10-05 09:00", True),
        ("2026-10-05 20:59:59", True),
        ("2026-10-05 21:00", False),
        ("2026-10-02 12:00", False),  # a holiday, a Friday
        ("2026-10-10 13:59", True),  # Saturday, the first span
        ("2026-10-10 15:00", False),
        ("2026-10-10 23:30", True),  # the second
        ("2026-10-11 01:59", True),  # its tail, on Sunday
        ("2026-10-11 02:00", False),
        ("2026-10-11 23:59", True),
        ("2026-10-12 00:00", False),  # 24:00 is the day's end
        ("2026-11-07 23:30", True),  # the eve of Diwali, a Saturday
        ("2026-11-08 00:30", False),  # the holiday cuts the tail
        ("2026-11-08 22:30", False),
        ("2026-11-09 10:00", True),
        ("2026-11-15 23:00", True),  # a Sunday before a holiday
        ("2026-11-16 10:00", False),
    ],
)
def test_open_and_closed(when: str, expected: bool) -> None:
    assert is_open(SHOP, at(when)) is expected


def test_the_zone_of_the_caller_does_not_matter() -> None:
    noon_in_kolkata = datetime(2026, 10, 5, 6, 30, tzinfo=UTC)
    assert is_open(SHOP, noon_in_kolkata)
    assert not is_open(SHOP, datetime(2026, 10, 5, 15, 30, tzinfo=UTC)), "21:00 in Kolkata"
    in_utc = SHOP.model_copy(update={"zone": "UTC"})
    assert is_open(in_utc, datetime(2026, 10, 5, 15, 30, tzinfo=UTC))
    assert not is_open(in_utc, at("2026-10-05 14:29"))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-10-05 10:00", "2026-10-05 10:00"),
        ("2026-10-05 07:00", "2026-10-05 09:00"),
        ("2026-10-01 21:00", "2026-10-03 10:00"),  # over the holiday
        ("2026-10-10 14:00", "2026-10-10 18:00"),
        ("2026-11-08 00:00", "2026-11-09 09:00"),
    ],
)
def test_the_next_opening(when: str, expected: str) -> None:
    found = next_opening(SHOP, at(when).astimezone(UTC))
    assert found == at(expected)
    assert found.utcoffset() == timedelta(hours=5, minutes=30)


def test_hours_that_never_open() -> None:
    never = HoursSpec.model_validate({"open": {"mon": []}})
    assert not is_open(never, at("2026-10-05 10:00"))
    assert next_opening(never, at("2026-10-05 10:00")) is None


def test_clocks_that_are_put_forward_and_back() -> None:
    london = HoursSpec.model_validate({"zone": "Europe/London", "open": {"mon-sun": "00:30-03:00"}})
    zone = ZoneInfo("Europe/London")
    assert is_open(london, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)), "02:30 by the clock, an hour after 00:30"
    assert not is_open(london, datetime(2026, 3, 29, 2, 0, tzinfo=UTC))
    assert is_open(london, datetime(2026, 10, 25, 2, 59, tzinfo=UTC)), "clocks go back: an hour more"
    assert next_opening(london, at("2026-03-28 12:00", zone)) == at("2026-03-29 00:30", zone)


@pytest.mark.parametrize(
    ("days", "expected"),
    [("mon", {0}), ("mon-fri", {0, 1, 2, 3, 4}), ("sat-mon", {5, 6, 0}), ("sun-sat", set(range(7)))],
)
def test_days_of_the_week(days: str, expected: set[int]) -> None:
    assert weekdays(days) == expected


@given(st.integers(0, 2 * 365 * 24 * 60))
def test_the_next_opening_is_open_and_the_first(minutes: int) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = next_opening(SHOP, when)
    assert found is not None
    assert found >= when
    assert is_open(SHOP, found)
    if found > when:
        assert not is_open(SHOP, found - timedelta(seconds=1))
