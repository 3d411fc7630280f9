from __future__ import annotations

import asyncio
import time

import pytest

from media.clock import MonotonicClock
from media.ticker import MOST_BEHIND, SLOTS, Schedule, Ticker


def test_slots_come_round_every_20_ms_without_drift() -> None:
    schedule, now, done = Schedule(0.0), 0.0, []
    for wake in range(1000):
        now = wake * 0.02 + 0.0137
        for _ in range(schedule.allowed(now)):
            if schedule.step % SLOTS == 7:
                done.append(schedule.due_at(schedule.step))
            schedule.step += 1
    assert done == pytest.approx([0.007 + period * 0.02 for period in range(1000)])


def test_nothing_is_due_before_its_time() -> None:
    schedule = Schedule(10.0)
    assert schedule.behind(9.9999) == 0
    assert schedule.behind(10.0) == 1
    assert schedule.behind(10.0051) == 6


def test_a_stall_is_made_up_at_four_times_the_pace() -> None:
    schedule = Schedule(0.0)
    schedule.step += schedule.allowed(0.0)
    schedule.step += schedule.allowed(0.001)
    stalled = 0.050
    assert schedule.skip(stalled) == 0
    schedule.allowed(stalled)
    steps = schedule.allowed(stalled + 0.001)
    assert steps == 4


def test_a_long_stall_leaves_out_whole_periods() -> None:
    schedule = Schedule(0.0)
    schedule.step = 5
    skipped = schedule.skip(1.0)
    assert skipped == 46
    assert schedule.step % SLOTS == 5
    assert schedule.behind(1.0) <= MOST_BEHIND + SLOTS
    assert schedule.skip(1.0) == 0


class Counter:
    def __init__(self, stop_after: int = 0, error: Exception | None = None) -> None:
        self.times: list[float] = []
        self.skipped = 0
        self.stop_after, self.error = stop_after, error
        self.done = asyncio.Event()

    def tick(self, now: float) -> None:
        self.times.append(now)
        if self.error:
            raise self.error
        if len(self.times) == self.stop_after:
            self.done.set()

    def skip(self, frames: int, now: float) -> None:
        self.skipped += frames


async def test_members_are_ticked_50_times_a_second_and_one_that_raises_is_taken_out() -> None:
    ticker = Ticker(MonotonicClock())
    members = [Counter(stop_after=25) for _ in range(30)]
    broken = Counter(error=RuntimeError("broken"))
    started = time.monotonic()
    for member in [*members, broken]:
        ticker.add(member)
    async with asyncio.timeout(10):
        await asyncio.gather(*(member.done.wait() for member in members))
    assert 0.45 <= time.monotonic() - started <= 2
    assert len(broken.times) == 1
    assert ticker.statistics.failed_members == 1
    assert sum(bool(slot) for slot in ticker._slots) >= 5, "thirty calls are spread over the 20 ms"


async def test_a_stalled_loop_leaves_ticks_out_and_says_so() -> None:
    ticker, member = Ticker(MonotonicClock()), Counter(stop_after=20)
    ticker.add(member)
    loop = asyncio.get_running_loop()
    loop.call_later(0.05, time.sleep, 0.3)
    async with asyncio.timeout(10):
        await member.done.wait()
    assert member.skipped >= 10
    assert ticker.statistics.worst_late_ms > 40
    total_ms = (member.times[-1] - member.times[0]) * 1000
    assert len(member.times) + member.skipped == pytest.approx(total_ms / 20 + 1, abs=2)


async def test_an_empty_ticker_sleeps_and_wakes_for_the_next_member() -> None:
    ticker, first, second = Ticker(MonotonicClock()), Counter(stop_after=2), Counter(stop_after=3)
    ticker.add(first)
    async with asyncio.timeout(5):
        await first.done.wait()
        ticker.remove(first)
        await asyncio.sleep(0.06)
        wakes = ticker.statistics.wakes
        await asyncio.sleep(0.06)
        assert ticker.statistics.wakes == wakes
        ticker.add(second)
        await second.done.wait()
    ticker.remove(second)
    assert second.skipped == 0
