from __future__ import annotations

from media.lateness import RecentLateness


def noted(*late: tuple[float, float, int]) -> RecentLateness:
    """(now, late_ms, how often) …"""
    lateness = RecentLateness()
    for now, late_ms, times in late:
        for _ in range(times):
            lateness.note(late_ms, now)
    return lateness


def test_one_in_a_hundred_may_be_late_not_two() -> None:
    assert noted((10.0, 0.4, 1990), (10.2, 55.0, 10)).p99_ms(2, 10.3) == 1
    assert noted((10.0, 0.4, 980), (10.2, 55.0, 20)).p99_ms(2, 10.3) == 60


def test_only_the_last_seconds_count() -> None:
    lateness = noted((10.0, 90.0, 100), (14.0, 2.5, 100))
    assert lateness.p99_ms(2, 14.2) == 3
    assert lateness.p99_ms(5, 14.2) == 120
    assert lateness.p99_ms(2, 17.0) == 0


def test_without_calls_nothing_is_late() -> None:
    assert RecentLateness().p99_ms(5, 100.0) == 0


def test_what_is_beyond_all_measure_counts_as_more_than_any() -> None:
    assert noted((1.0, 5000.0, 3)).p99_ms(2, 1.0) == 800


def test_half_a_minute_is_kept() -> None:
    lateness = noted(*((number / 10, 50.0 if number < 100 else 1.0, 1) for number in range(1000)))
    assert len(lateness._buckets) == 60
    assert lateness.p99_ms(30, 99.9) == 1
