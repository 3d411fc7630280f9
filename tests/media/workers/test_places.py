"""Places for work that is done elsewhere: callers who wait first, and none is ever lost."""

from __future__ import annotations

import asyncio

import pytest

from media.errors import EngineBusyError
from media.workers.line import Rank
from media.workers.places import Places
from tests.virtual_time import virtual_time


class Guests:
    """Hold a place for a second each, and say in which order they came to it."""

    def __init__(self, count: int = 1, queue: int = 64) -> None:
        self.places = Places("server", count, queue=queue)
        self.served: list[str] = []

    async def come(self, name: str, rank: Rank, within_s: float = 60.0) -> None:
        async with self.places.held(rank, within_s):
            self.served.append(name)
            await asyncio.sleep(1)


@virtual_time
async def test_who_waits_in_silence_goes_before_twenty_that_work_ahead() -> None:
    guests = Guests()
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(guests.come(f"ahead {number}", Rank.AHEAD))
        await asyncio.sleep(0.5)
        group.create_task(guests.come("pauses", Rank.PAUSE))
        group.create_task(guests.come("waits", Rank.WAITING))
    assert guests.served[:4] == ["ahead 0", "waits", "pauses", "ahead 1"]
    assert len(guests.served) == 22


@virtual_time
async def test_a_full_line_sends_work_ahead_away_and_refuses_its_own_kind() -> None:
    guests = Guests(queue=1)
    running = asyncio.create_task(guests.come("first", Rank.WAITING))
    ahead = asyncio.create_task(guests.come("ahead", Rank.AHEAD))
    await asyncio.sleep(0)
    with pytest.raises(EngineBusyError, match="1 requests wait already"):
        await guests.come("ahead, too", Rank.AHEAD)
    await guests.come("waits", Rank.WAITING)
    with pytest.raises(EngineBusyError, match="gave its place"):
        await ahead
    await running
    assert guests.served == ["first", "waits"]


@virtual_time
async def test_none_is_lost_to_those_who_are_cancelled_or_too_late() -> None:
    guests = Guests(count=2)
    working = [asyncio.create_task(guests.come(f"{number}", Rank.WAITING)) for number in range(2)]
    await asyncio.sleep(0.5)
    late = asyncio.create_task(guests.come("late", Rank.WAITING, within_s=0.2))
    gone = asyncio.create_task(guests.come("gone", Rank.WAITING))
    await asyncio.sleep(0.3)
    with pytest.raises(EngineBusyError, match=r"no place came free within 0\.2 s"):
        await late
    working[0].cancel()
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone, *working])
    async with asyncio.timeout(1.001), asyncio.TaskGroup() as group:
        group.create_task(guests.come("next", Rank.AHEAD))
        group.create_task(guests.come("and next", Rank.AHEAD))
    assert guests.served[-2:] == ["next", "and next"]


def test_there_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one place"):
        Places("server", 0)
