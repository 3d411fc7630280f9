from __future__ import annotations

import random
from collections.abc import Iterable

from media.transport.arrivals import Arrivals


def slots(arrivals: Arrivals, times: Iterable[float]) -> list[int]:
    return [arrivals.add(at)[0] // 160 for at in times]


def steady(count: int, start: float = 100.0, period: float = 0.02) -> list[float]:
    return [start + period * number for number in range(count)]


def test_frames_follow_each_other() -> None:
    arrivals = Arrivals()
    assert slots(arrivals, steady(100)) == list(range(100))
    assert (arrivals.missing, round(arrivals.jitter_ms, 6)) == (0, 0)


def test_the_first_begins_a_talkspurt_and_so_does_one_after_a_pause() -> None:
    arrivals = Arrivals()
    times = [*steady(10), *steady(10, start=101.0)]
    begun = [arrivals.add(at)[1] for at in times]
    assert [number for number, begins in enumerate(begun) if begins] == [0, 10]
    assert arrivals.missing == 0, "a pause is no loss"


def test_the_timeline_goes_on_by_the_clock_across_a_pause() -> None:
    assert slots(Arrivals(), [*steady(10), *steady(3, start=101.0)])[-3:] == [50, 51, 52]


def test_jitter_alone_moves_nothing() -> None:
    chance = random.Random(1)
    arrivals = Arrivals()
    late = 0.0
    times = []
    for at in steady(2000):
        late = max(late, at + chance.uniform(0, 0.06))
        times.append(late)
    assert slots(arrivals, times) == list(range(2000))
    assert arrivals.missing == 0
    assert 5 < arrivals.jitter_ms < 40


def test_a_lost_frame_is_noticed_a_little_later() -> None:
    arrivals = Arrivals()
    times = steady(100)
    del times[40:42]
    assert slots(arrivals, times)[-1] == 99
    assert arrivals.missing == 2


def test_many_lost_frames_never_add_up_to_delay() -> None:
    chance = random.Random(2)
    arrivals = Arrivals()
    times = [at for at in steady(5000) if chance.random() > 0.03]
    behind = 4999 - slots(arrivals, times)[-1]
    assert behind <= 4
    assert abs(arrivals.missing - (5000 - len(times))) <= 4


def test_a_slower_clock_is_made_up_for() -> None:
    arrivals = Arrivals()
    times = steady(50_000, period=0.02 * 1.0002)
    played = (times[-1] - times[0]) / 0.02
    assert abs(slots(arrivals, times)[-1] - played) <= 2


def test_a_faster_clock_stays_ahead_of_nobody() -> None:
    """Each frame has the next timestamp; the jitter buffer leaves out what is too much."""
    arrivals = Arrivals()
    assert slots(arrivals, steady(50_000, period=0.02 * 0.9998)) == list(range(50_000))
    assert arrivals.missing == 0
