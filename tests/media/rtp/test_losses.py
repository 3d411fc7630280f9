"""Bursts and gaps as RFC 3611 has them, by hand and against a plain reading of its rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.rtp.losses import G_MIN, LossPattern


def pattern(lost: list[int]) -> LossPattern:
    losses = LossPattern()
    for number in lost:
        losses.add(number)
    losses.close()
    return losses


def test_a_loss_that_is_alone_belongs_to_the_gap() -> None:
    losses = pattern([100, 200, 300])
    assert (losses.bursts, losses.rows, losses.longest_row) == (0, 3, 1)
    assert losses.gap_density(1000) == 0.003


def test_losses_with_fewer_than_sixteen_packets_between_them_are_a_burst() -> None:
    apart = G_MIN
    losses = pattern([100, 100 + apart, 300, 300 + apart + 1])
    assert (losses.bursts, losses.burst_packets, losses.burst_lost) == (1, apart + 1, 2)
    assert losses.burst_density == 2 / (apart + 1)
    assert losses.gap_density(1000) == 2 / (1000 - apart - 1)


def test_losses_in_a_row_are_measured() -> None:
    losses = pattern([1, 2, 3, 50, 51, 90])
    assert (losses.rows, losses.longest_row, losses.mean_row) == (3, 3, 2.0)


def test_a_whole_run_at_once_is_the_same_as_one_by_one() -> None:
    losses = LossPattern()
    losses.add(4)
    losses.add(5, 40)
    losses.add(60)
    losses.close()
    assert losses == pattern([4, *range(5, 45), 60])


def test_numbers_may_begin_afresh() -> None:
    losses = pattern([7, 8])
    losses.add(3)
    losses.close()
    assert (losses.lost, losses.bursts, losses.rows) == (3, 1, 2)


def in_bursts(lost: set[int]) -> set[int]:
    """The packets of every burst, by reading the rule packet by packet."""
    inside: set[int] = set()
    for first in lost:
        for last in range(first + 1, first + G_MIN + 1):
            if last in lost:
                inside.update(range(first, last + 1))
    return inside


@given(st.sets(st.integers(0, 300), max_size=60))
def test_every_pattern_is_read_as_the_rule_says(lost: set[int]) -> None:
    losses = pattern(sorted(lost))
    inside = in_bursts(lost)
    assert losses.burst_packets == len(inside)
    assert losses.burst_lost == len(inside & lost)
    assert losses.lost == len(lost)
    assert losses.rows == sum(number - 1 not in lost for number in lost)
