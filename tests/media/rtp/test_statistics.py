from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.statistics import StreamStatistics


def feed(statistics: StreamStatistics, sequences: list[int]) -> list[bool]:
    return [statistics.add(number % 65536, number * 160, number * 0.02) for number in sequences]


def test_a_clean_stream_over_the_wrap_has_no_loss_and_no_jitter() -> None:
    statistics = StreamStatistics()
    feed(statistics, list(range(65000, 66000)))
    assert (statistics.received, statistics.lost, statistics.duplicates) == (1000, 0, 0)
    assert statistics.jitter_ms == pytest.approx(0, abs=1e-6)


def test_loss_reordering_and_duplicates_are_told_apart() -> None:
    statistics = StreamStatistics()
    assert feed(statistics, [1, 2, 4, 3, 3, 7, 4]) == [True, True, True, True, False, True, False]
    assert (statistics.received, statistics.lost, statistics.duplicates) == (5, 2, 2)


def test_jitter_follows_the_formula_of_the_rfc() -> None:
    statistics = StreamStatistics()
    expected, transit = 0.0, None
    for number in range(200):
        at = 5 + number * 0.02 + (0.004 if number % 2 else 0.0)
        statistics.add(number, number * 160, at)
        now = at * 8000 - number * 160
        if transit is not None:
            expected += (abs(now - transit) - expected) / 16
        transit = now
    assert statistics.jitter_samples == pytest.approx(expected)
    assert statistics.jitter_ms == pytest.approx(4, abs=0.1)


def test_another_source_goes_on_with_the_counts() -> None:
    statistics = StreamStatistics()
    feed(statistics, [1, 2, 4])
    statistics.restart()
    feed(statistics, [40000, 40001])
    assert (statistics.received, statistics.lost) == (5, 1)


def test_a_restarted_sender_is_no_loss_of_thousands() -> None:
    statistics = StreamStatistics()
    feed(statistics, [1, 2, 3, 30000, 30001])
    assert (statistics.received, statistics.lost) == (5, 0)


@given(st.lists(st.integers(0, 65535), max_size=200))
def test_counts_never_go_wrong(sequences: list[int]) -> None:
    statistics = StreamStatistics()
    new = feed(statistics, sequences)
    assert statistics.received == sum(new)
    assert statistics.duplicates == len(new) - sum(new)
    assert statistics.lost >= 0
