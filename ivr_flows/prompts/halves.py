"""What the languages share: half kilometres, and the hours of a 12-hour clock."""

from __future__ import annotations


def half_kilometres(metres: int) -> int:
    """A way in half kilometres, to the nearest."""
    return (metres + 250) // 500


def hundreds(metres: int) -> int:
    """A way below a kilometre in metres, to the nearest hundred and at least that."""
    return max(100, (metres + 50) // 100 * 100)


def clock_hour(hour: int) -> int:
    """An hour of 24 on a clock of 12."""
    return (hour - 1) % 12 + 1


def joined(items: list[str], last: str) -> str:
    """Items with commas, and a word before the last."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
