"""A key that Asterisk reports twice is one press; a key pressed twice is two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ari_app.calls.keys import KeyPresses

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def _taken(*reported: tuple[str, int]) -> str:
    """What is taken of keys reported as (digit, ended at ms)."""
    presses = KeyPresses()
    return "".join(digit for digit, at in reported if presses.is_new(digit, START + timedelta(milliseconds=at)))


def test_a_key_that_began_before_the_same_key_ended_is_that_one() -> None:
    assert _taken(("1", 120), ("1", 152)) == "1"
    assert _taken(("1", 120), ("1", 120), ("1", 160)) == "1"


def test_a_key_pressed_twice_counts_twice() -> None:
    assert _taken(("0", 100), ("0", 280), ("0", 360)) == "000"


def test_another_key_is_another_press_however_soon() -> None:
    assert _taken(("1", 100), ("#", 110), ("1", 120)) == "1#1"


def test_a_clock_set_back_loses_no_key() -> None:
    assert _taken(("1", 5000), ("1", 100)) == "11"


def test_a_key_without_a_time_counts() -> None:
    presses = KeyPresses()
    assert [presses.is_new("1", at) for at in (None, START, None, START)] == [True] * 4
