from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.workers.line import Rank
from media.workers.pool import GaveWayError, PoolOptions, WorkerPool
from media.workers.process import ProcessOptions

COMMAND = (sys.executable, "-m", "tests.media.workers.echo")


async def result(pool: WorkerPool, job: str, rank: Rank = Rank.WAITING) -> list[bytes]:
    return [part async for part in pool.run(job.encode(), rank)]


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(workers=1, queue=2, deadline_s=5))
    await pool.start()
    yield pool
    await pool.close()


async def test_parts_come_in_order_and_the_last_ends_it(pool: WorkerPool) -> None:
    assert await result(pool, "stream 5") == [b"0", b"1", b"2", b"3", b"4", b"done"]


async def test_a_failure_is_told_in_the_workers_words_and_the_worker_goes_on(pool: WorkerPool) -> None:
    with pytest.raises(EngineError, match="echo: sorry"):
        await result(pool, "fail sorry")
    assert await result(pool, "again") == [b"done"]


async def test_what_a_library_prints_does_not_reach_the_wire(pool: WorkerPool) -> None:
    assert await result(pool, "print") == [b"done"]


async def test_a_worker_that_dies_fails_its_job_and_is_restarted(pool: WorkerPool) -> None:
    with pytest.raises(EngineError, match="worker process ended"):
        await result(pool, "die")
    assert await result(pool, "again") == [b"done"]
    assert pool.workers[0].restarts == 1


async def test_a_worker_that_can_do_no_more_says_why_and_is_started_again(pool: WorkerPool) -> None:
    first = pool.workers[0].pid
    with pytest.raises(EngineError, match="echo: the card is lost"):
        await result(pool, "break")
    await _until_restarted(pool)
    assert await result(pool, "again") == [b"done"]
    assert pool.workers[0].pid != first


async def test_how_a_worker_ended_and_its_last_words_are_told(pool: WorkerPool) -> None:
    await result(pool, "say oh dear")
    with pytest.raises(EngineError, match=r"ended \(exit status 3\); it said last: oh dear"):
        await result(pool, "die")


async def test_asking_whether_a_job_is_wanted_sends_nothing(pool: WorkerPool) -> None:
    assert await result(pool, "ask 3") == [b"3"]


async def test_where_jobs_do_not_wait_for_a_restart_all_fail_at_once_until_it_is_there() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(waits_for_restart=False))
    with pytest.raises(EngineError, match="echo: its worker process is not started"):
        await result(pool, "again")
    await pool.start()
    killed, waiting = (asyncio.create_task(result(pool, "hang")) for _ in range(2))
    await asyncio.sleep(0)
    os.kill(pool.workers[0].pid or 0, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"worker process ended \(killed; was there memory enough\?\)"):
        await killed
    with pytest.raises(EngineError, match="is being started again; it ended"):
        await waiting
    with pytest.raises(EngineError, match="is being started again; it ended"):
        await result(pool, "again")
    await _until_restarted(pool)
    assert await result(pool, "again") == [b"done"]
    await pool.close()


async def test_work_ahead_that_has_begun_gives_way_where_it_is_to() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(gives_way=True))
    await pool.start()
    ahead = pool.run(b"stream 100000", Rank.AHEAD)
    await anext(ahead)
    async with asyncio.timeout(5):
        assert await result(pool, "again") == [b"done"]
        with pytest.raises(GaveWayError, match="echo: gave way to a caller who waits in silence"):
            async for _ in ahead:
                pass
    assert pool.workers[0].restarts == 0
    await pool.close()


async def test_other_work_that_has_begun_is_waited_for() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(gives_way=True))
    await pool.start()
    begun = asyncio.create_task(result(pool, "stream 20"))
    await asyncio.sleep(0)
    ahead = asyncio.create_task(result(pool, "stream 20", Rank.AHEAD))
    await asyncio.sleep(0)
    assert await result(pool, "again") == [b"done"]
    assert (await begun)[-1] == (await ahead)[-1] == b"done"
    await pool.close()


async def test_closing_the_iterator_stops_the_work(pool: WorkerPool) -> None:
    parts = pool.run(b"stream 100000")
    await anext(parts)
    await parts.aclose()
    async with asyncio.timeout(2):
        assert await result(pool, "again") == [b"done"]
    assert pool.workers[0].restarts == 0


async def test_a_worker_whose_next_job_is_given_up_as_it_comes_free_serves_the_one_after(pool: WorkerPool) -> None:
    first = pool.run(b"stream 3")
    await anext(first)
    second = asyncio.create_task(result(pool, "again"))
    await asyncio.sleep(0)
    async for part in first:
        if part == b"done":
            second.cancel()
    async with asyncio.timeout(2):
        assert await result(pool, "again") == [b"done"]
    assert second.cancelled()


async def test_a_full_queue_refuses_and_those_in_it_are_served(pool: WorkerPool) -> None:
    jobs = [asyncio.create_task(result(pool, "stream 20")) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(EngineBusyError, match="2 jobs wait"):
        await result(pool, "again")
    assert [parts[-1] for parts in await asyncio.gather(*jobs)] == [b"done"] * 3


async def test_a_caller_who_waits_is_served_before_all_that_is_done_ahead() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(workers=1, queue=32))
    await pool.start()
    served: list[str] = []

    async def serve(who: str, rank: Rank) -> None:
        await result(pool, "stream 3", rank)
        served.append(who)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(serve(f"ahead {number}", Rank.AHEAD))
        await asyncio.sleep(0)
        group.create_task(serve("pauses", Rank.PAUSE))
        await asyncio.sleep(0)
        group.create_task(serve("waits", Rank.WAITING))
    await pool.close()
    assert served[:4] == ["ahead 0", "waits", "pauses", "ahead 1"]
    assert len(served) == 22


async def test_a_full_line_sends_work_ahead_away_for_a_caller_who_waits(pool: WorkerPool) -> None:
    running = asyncio.create_task(result(pool, "stream 20"))
    await asyncio.sleep(0)
    ahead = [asyncio.create_task(result(pool, "again", Rank.AHEAD)) for _ in range(2)]
    await asyncio.sleep(0)
    assert await result(pool, "again") == [b"done"]
    with pytest.raises(EngineBusyError, match="gave its place"):
        await ahead[1]
    assert (await running)[-1:] == await ahead[0] == [b"done"]


async def test_a_job_past_its_deadline_is_ended_with_its_worker() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions(workers=1, queue=2, deadline_s=0.3))
    await pool.start()
    first = pool.workers[0].pid
    with pytest.raises(TimeoutError, match=r"no result within 0\.3 s"):
        await result(pool, "hang")
    assert await _until_served(pool) == [b"done"]
    assert pool.workers[0].pid != first
    await pool.close()


async def _until_restarted(pool: WorkerPool) -> None:
    for _ in range(500):
        if pool.workers[0].restarts and pool.workers[0].alive:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the worker was not started again within five seconds")


async def _until_served(pool: WorkerPool) -> list[bytes]:
    for _ in range(20):
        try:
            return await result(pool, "again")
        except EngineBusyError:
            continue
    return []


async def test_an_engine_that_can_not_start_says_what_to_do() -> None:
    pool = WorkerPool((*COMMAND, "--broken"), "echo", PoolOptions())
    with pytest.raises(EngineUnavailableError, match="pip install engine"):
        await pool.start()


async def test_a_worker_that_ends_before_it_is_ready_leaves_its_last_words() -> None:
    pool = WorkerPool((*COMMAND, "--lost"), "echo", PoolOptions())
    with pytest.raises(
        EngineUnavailableError, match=r"ended \(exit status 4\); it said last: no such thing as a model"
    ):
        await pool.start()


async def test_a_worker_that_is_never_ready_is_given_up() -> None:
    pool = WorkerPool((*COMMAND, "--silent"), "echo", PoolOptions(process=ProcessOptions(start_s=0.3)))
    with pytest.raises(EngineUnavailableError, match=r"no sign of life within 0\.3 s"):
        await pool.start()
    assert pool.workers[0].pid is None


async def test_a_worker_ends_with_its_standard_input() -> None:
    pool = WorkerPool(COMMAND, "echo", PoolOptions())
    await pool.start()
    pid = pool.workers[0].pid
    await pool.close()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
