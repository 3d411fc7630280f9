"""How values are said in the English of India."""

from __future__ import annotations

from ivr_flows.prompts import halves

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LAKH, _CRORE = 100_000, 10_000_000


def number(count: int) -> str:
    """Lakhs and crores above 99,999; digits below."""
    if count < _LAKH:
        return str(count)
    size, name = (_CRORE, "crore") if count >= _CRORE else (_LAKH, "lakh")
    whole, rest = divmod(count, size)
    return f"{whole} {name} {number(rest)}" if rest else f"{whole} {name}"


def rupees(whole: int, paise: int) -> str:
    """1250 rupees and 50 paise."""
    parts = [_counted(whole, "rupee", "rupees")] if whole or not paise else []
    return " and ".join([*parts, *([_counted(paise, "paisa", "paise")] if paise else [])])


def minutes(count: int) -> str:
    """20 minutes; 1 hour and 10 minutes."""
    hours, rest = divmod(count, 60)
    parts = [_counted(hours, "hour", "hours")] if hours else []
    return " and ".join([*parts, *([_counted(rest, "minute", "minutes")] if rest or not hours else [])])


def distance(metres: int) -> str:
    """4 and a half kilometres."""
    half = halves.half_kilometres(metres)
    if metres < 950:
        return f"{halves.hundreds(metres)} metres"
    whole = half // 2
    if half % 2:
        return f"{whole} and a half kilometres"
    return _counted(whole, "kilometre", "kilometres")


def time(hour: int, minute: int) -> str:
    """6 30 PM."""
    half = "AM" if hour < 12 else "PM"
    return f"{halves.clock_hour(hour)} {minute:02d} {half}" if minute else f"{halves.clock_hour(hour)} {half}"


def date(day: int, month: int) -> str:
    """21 November."""
    return f"{day} {_MONTHS[month - 1]}"


def joined(items: list[str]) -> str:
    """One, two and three."""
    return halves.joined(items, "and")


def _counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"
