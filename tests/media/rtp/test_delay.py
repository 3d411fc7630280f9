"""The playout delay that packets' delays ask for."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.delay import DelayEstimator

_WRAP = 1 << 32


def feed(estimator: DelayEstimator, delays_ms: list[float], *, start: int = 0, clock: float = 1.0) -> list[int]:
    """A packet every 20 ms of the sender's clock (`clock`: its speed against ours), late by these delays."""
    return [
        estimator.add((start + number * 160) % _WRAP, number * 0.02 / clock + delay / 1000)
        for number, delay in enumerate(delays_ms)
    ]


def test_a_steady_stream_takes_the_least_depth() -> None:
    assert set(feed(DelayEstimator(40, 200), [5.0] * 500)) == {2}


@pytest.mark.parametrize(("jitter_ms", "frames"), [(20, (2, 3)), (60, (4, 6)), (100, (6, 9))])
def test_the_depth_follows_the_jitter(jitter_ms: int, frames: tuple[int, int]) -> None:
    rng = random.Random(1)
    depths = feed(DelayEstimator(40, 200), [rng.uniform(0, jitter_ms) for _ in range(3000)])
    assert frames[0] <= min(depths[500:]) <= max(depths[500:]) <= frames[1]


@pytest.mark.parametrize("jitter_ms", [20, 40, 60, 80, 100])
def test_few_packets_come_later_than_the_depth(jitter_ms: int) -> None:
    rng = random.Random(2)
    delays = [rng.uniform(0, jitter_ms) for _ in range(5000)]
    depths = feed(DelayEstimator(20, 200), delays)
    late = sum(delay > depth * 20 for delay, depth in zip(delays[1:], depths, strict=False))
    assert late / len(delays) < 0.01


def test_more_jitter_is_followed_within_half_a_second_and_less_in_time() -> None:
    rng = random.Random(3)
    quiet, rough = [rng.uniform(0, 5) for _ in range(1000)], [rng.uniform(0, 100) for _ in range(500)]
    depths = feed(DelayEstimator(20, 200), quiet + rough + quiet)
    assert max(depths[100:1000]) == 1
    assert min(depths[1025:1500]) >= 4
    assert depths[-1] == 1


@pytest.mark.parametrize("clock", [1.0002, 0.9998])
def test_drifting_clocks_are_no_jitter(clock: float) -> None:
    assert max(feed(DelayEstimator(20, 200), [1.0] * 50 * 600, clock=clock)) == 1


def test_timestamps_wrap() -> None:
    assert set(feed(DelayEstimator(40, 200), [0.0] * 100, start=_WRAP - 1600)) == {2}


def test_a_jump_of_timestamps_is_no_delay() -> None:
    estimator = DelayEstimator(40, 200)
    feed(estimator, [0.0] * 100)
    assert {estimator.add(900_000 + number * 160, 2.0 + number * 0.02) for number in range(50)} == {2}


def test_the_depth_stays_within_its_bounds() -> None:
    rng = random.Random(4)
    depths = feed(DelayEstimator(60, 120), [rng.uniform(0, 900) for _ in range(2000)])
    assert (min(depths), max(depths)) == (3, 6)


def test_bounds_must_make_sense() -> None:
    with pytest.raises(ValueError, match="least"):
        DelayEstimator(100, 40)


@given(
    st.lists(st.tuples(st.integers(0, _WRAP - 1), st.floats(0, 1e6, allow_nan=False)), max_size=80),
    st.sampled_from([(20, 20), (40, 200), (100, 110)]),
)
def test_no_timestamps_and_no_times_lead_out_of_the_bounds(
    packets: list[tuple[int, float]], bounds: tuple[int, int]
) -> None:
    least_ms, most_ms = bounds
    estimator = DelayEstimator(least_ms, most_ms)
    for timestamp, at in packets:
        assert least_ms <= estimator.add(timestamp, at) * 20 <= most_ms


@pytest.mark.parametrize("ptime_ms", [10, 30, 60])
def test_the_depth_is_the_same_for_any_ptime(ptime_ms: int) -> None:
    rng = random.Random(6)
    estimator = DelayEstimator(20, 200)
    depths = [
        estimator.add(number * ptime_ms * 8, number * ptime_ms / 1000 + rng.uniform(0, 0.06)) for number in range(3000)
    ]
    assert 4 <= min(depths[500:]) <= max(depths[500:]) <= 6
