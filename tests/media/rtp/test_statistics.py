from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.rtp.losses import LossPattern
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


def _with_a_key(*, frames: int = 5, lost: frozenset[int] = frozenset()) -> StreamStatistics:
    """50 packets, a key of so many frames whose packets never come (its end is sent three times), 50 packets."""
    statistics = StreamStatistics()
    after = 50 + frames + 2
    numbers = [(number, number) for number in range(50)] + [(after + n, 50 + frames + n) for n in range(50)]
    for sequence, frame in numbers:
        if sequence not in lost:
            statistics.add(sequence, frame * 160, frame * 0.02)
    return statistics


@pytest.mark.parametrize("frames", [2, 5, 100])
def test_the_packets_of_a_key_that_asterisk_takes_out_are_no_loss(frames: int) -> None:
    statistics = _with_a_key(frames=frames)
    assert (statistics.received, statistics.lost, statistics.key_packets) == (100, 0, frames + 2)
    assert statistics.losses.lost == 0


def test_audio_that_is_lost_near_a_key_is_lost() -> None:
    statistics = _with_a_key(lost=frozenset({20, 40, 41, 70}))
    assert (statistics.lost, statistics.losses.lost, statistics.key_packets) == (4, 4, 7)


def test_audio_that_comes_late_across_a_key_is_counted_once() -> None:
    statistics = StreamStatistics()
    for sequence, frame in [(1, 1), (2, 2), (11, 9), (3, 3), (12, 10)]:
        statistics.add(sequence, frame * 160, frame * 0.02)
    assert (statistics.received, statistics.lost, statistics.key_packets) == (5, 0, 7)


@given(st.lists(st.integers(0, 65535), max_size=200))
def test_counts_never_go_wrong(sequences: list[int]) -> None:
    statistics = StreamStatistics()
    new = feed(statistics, sequences)
    assert statistics.received == sum(new)
    assert statistics.duplicates == len(new) - sum(new)
    assert statistics.lost >= 0


def test_packets_that_were_overtaken_are_counted() -> None:
    statistics = StreamStatistics()
    feed(statistics, [1, 2, 5, 3, 4, 6, 4])
    assert (statistics.out_of_order, statistics.duplicates, statistics.lost) == (2, 1, 0)


def test_one_that_is_overtaken_at_the_very_start_was_expected_too() -> None:
    statistics = StreamStatistics()
    assert feed(statistics, [7, 6, 8]) == [True, True, True]
    assert (statistics.received, statistics.expected, statistics.lost) == (3, 3, 0)


def test_the_longest_gap_leaves_out_the_senders_silences() -> None:
    statistics = StreamStatistics()
    for sequence, timestamp, at in ((1, 0, 0.0), (2, 160, 0.02), (3, 320, 0.15), (4, 16_320, 2.04), (5, 16_480, 2.06)):
        statistics.add(sequence, timestamp, at)
    assert statistics.max_gap_s == pytest.approx(0.13)


def test_a_gap_in_which_packets_were_lost_is_one() -> None:
    statistics = StreamStatistics()
    statistics.add(1, 0, 0.0)
    statistics.add(30, 29 * 160, 0.58)
    assert statistics.max_gap_s == pytest.approx(0.58)


def test_a_packet_that_is_too_late_to_be_heard_is_lost_to_the_pattern_only() -> None:
    statistics = StreamStatistics()
    feed(statistics, list(range(50)))
    for sequence in (30, 31, 40):
        statistics.late(sequence)
    feed(statistics, list(range(50, 400)))
    losses = statistics.losses
    assert (statistics.lost, losses.lost, losses.longest_row, losses.bursts) == (0, 3, 2, 1)


def test_asking_for_the_pattern_changes_nothing() -> None:
    statistics = StreamStatistics()
    feed(statistics, [1, 2, 5, 6])
    assert statistics.losses == statistics.losses
    feed(statistics, [3, 4])
    assert statistics.losses.lost == 0


@pytest.mark.parametrize(("missing", "counted"), [(1, 160), (3, 480), (4, 0), (100, 0)])
def test_a_short_hole_in_the_timestamps_is_loss_that_nobody_numbered(missing: int, counted: int) -> None:
    statistics = StreamStatistics()
    for sequence in range(20):
        timestamp = (0xFFFF_FF00 + (sequence + (missing if sequence > 9 else 0)) * 160) % (1 << 32)
        statistics.add(sequence, timestamp, sequence * 0.02)
    assert (statistics.lost, statistics.missing_samples) == (0, counted)


def test_after_comfort_noise_the_timestamps_may_be_anywhere() -> None:
    statistics = StreamStatistics()
    for sequence, timestamp, samples in ((1, 0, 160), (2, 160, 0), (3, 480, 160), (4, 640, 160)):
        statistics.add(sequence, timestamp, timestamp / 8000, samples)
    assert statistics.missing_samples == 0


def test_the_ptime_is_that_of_the_audio() -> None:
    statistics = StreamStatistics()
    statistics.add(1, 0, 0.0, 480)
    statistics.add(2, 480, 0.06, 0)
    assert statistics.packet_ms == 60


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(1, 900), max_size=250), st.integers(0, 65535), st.booleans())
def test_the_pattern_of_losses_is_the_same_however_packets_came(lost: set[int], start: int, shuffled: bool) -> None:
    """Over the wrap, in order or with neighbours changed about; against the losses told one by one."""
    statistics, plain = StreamStatistics(), LossPattern()
    numbers = [number for number in range(1000) if number not in lost]
    if shuffled:
        numbers[1:] = [number for pair in zip(numbers[2::2], numbers[1::2], strict=False) for number in pair]
    for number in numbers:
        statistics.add((start + number) % 65536, number * 160, number * 0.02)
    for number in range(numbers[0], max(numbers) + 1):
        if number not in numbers:
            plain.add(number)
    plain.close()
    assert replace(statistics.losses, _first=0) == replace(plain, _first=0)
    assert statistics.losses.lost == statistics.lost
