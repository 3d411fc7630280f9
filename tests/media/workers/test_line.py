from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.workers.line import Line, LineFullError, Rank


def served(line: Line[str]) -> list[str]:
    order = []
    while (one := line.next()) is not None:
        order.append(one)
    return order


def test_who_waits_in_silence_goes_first_and_each_in_their_order() -> None:
    line = Line[str](9)
    for item, rank in (("a", Rank.AHEAD), ("p", Rank.PAUSE), ("w", Rank.WAITING), ("q", Rank.PAUSE)):
        assert line.join(item, rank) is None
    assert served(line) == ["w", "p", "q", "a"]


def test_a_full_line_sends_the_last_of_a_lower_rank_away() -> None:
    line = Line[str](2)
    line.join("p", Rank.PAUSE)
    line.join("a", Rank.AHEAD)
    assert line.join("w", Rank.WAITING) == "a"
    assert served(line) == ["w", "p"]


def test_a_line_full_of_equals_takes_nobody() -> None:
    line = Line[str](1)
    line.join("w", Rank.WAITING)
    with pytest.raises(LineFullError):
        line.join("v", Rank.WAITING)
    assert served(line) == ["w"]


def test_who_left_is_not_served_and_may_leave_twice() -> None:
    line = Line[str](2)
    line.join("a", 0)
    line.leave("a")
    line.leave("a")
    assert (len(line), line.next()) == (0, None)


def test_a_line_has_a_place() -> None:
    with pytest.raises(ValueError, match="at least one place, got 0"):
        Line[str](0)


@given(st.lists(st.integers(0, 2), max_size=30), st.integers(1, 6))
def test_it_is_bounded_and_loses_only_whom_it_names(ranks: list[int], most: int) -> None:
    line, inside = Line[tuple[int, int]](most), list[tuple[int, int]]()
    for number, rank in enumerate(ranks):
        item = (rank, number)
        try:
            displaced = line.join(item, rank)
        except LineFullError:
            assert all(other[0] <= rank for other in inside)
            continue
        if displaced:
            assert displaced == max(inside)
            assert displaced[0] > rank
            inside.remove(displaced)
        inside.append(item)
        assert len(line) == len(inside) <= most
    order = []
    while item_next := line.next():
        order.append(item_next)
    assert order == sorted(inside)
