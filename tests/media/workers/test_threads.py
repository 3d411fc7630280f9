from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from media.errors import EngineBusyError, EngineError
from media.workers.line import Rank
from media.workers.threads import Stop, StoppedError, Threads


class Work:
    """Goes on until it is let go, or stopped."""

    def __init__(self, result: str = "done") -> None:
        self.result = result
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.stopped = False
        self._go = threading.Event()
        self._loop = asyncio.get_running_loop()

    def go(self) -> None:
        self._go.set()

    def __call__(self, stop: Stop) -> str:
        self._loop.call_soon_threadsafe(self.begun.set)
        try:
            while not self._go.wait(0.001):
                stop.check()
        except StoppedError:
            self.stopped = True
            raise
        finally:
            self._loop.call_soon_threadsafe(self.ended.set)
        return self.result


Run = Callable[..., "asyncio.Task[str]"]


@pytest.fixture
async def threads() -> AsyncIterator[Threads]:
    threads = Threads("engine", workers=1, queue=2)
    yield threads
    await threads.close()


@pytest.fixture
def run(threads: Threads) -> Run:
    def start(work: Work, rank: int = 0, deadline_s: float = 10.0) -> asyncio.Task[str]:
        return asyncio.ensure_future(threads.run(work, rank=rank, deadline_s=deadline_s))

    return start


async def test_work_is_done_off_the_loop(threads: Threads) -> None:
    name = await threads.run(lambda _: threading.current_thread().name, deadline_s=5)
    assert name.startswith("engine")
    assert (threads.working, threads.waiting, threads.idle) == (0, 0, True)


async def test_what_the_work_raises_is_raised(threads: Threads) -> None:
    def fail(_: Stop) -> str:
        raise EngineError("no such thing")

    with pytest.raises(EngineError, match="no such thing"):
        await threads.run(fail, deadline_s=5)


async def test_the_next_is_who_waits_in_silence(threads: Threads, run: Run) -> None:
    first, ahead, waiting = Work(), Work("ahead"), Work("waiting")
    tasks = [run(first)]
    await first.begun.wait()
    tasks += [run(ahead, Rank.AHEAD), run(waiting, Rank.WAITING)]
    await asyncio.sleep(0)
    assert (threads.waiting, threads.idle) == (2, False)
    first.go()
    await waiting.begun.wait()
    assert not ahead.begun.is_set()
    waiting.go()
    ahead.go()
    assert await asyncio.gather(*tasks) == ["done", "ahead", "waiting"]


async def test_cancelling_stops_the_work_and_frees_the_thread(threads: Threads, run: Run) -> None:
    work = Work()
    task = run(work)
    await work.begun.wait()
    task.cancel()
    await work.ended.wait()
    assert work.stopped
    assert await threads.run(lambda _: "next", deadline_s=5) == "next"


async def test_who_is_cancelled_while_waiting_is_never_begun(run: Run) -> None:
    first, second = Work(), Work()
    task = run(first)
    await first.begun.wait()
    other = run(second)
    await asyncio.sleep(0)
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    first.go()
    assert await task == "done"
    assert not second.begun.is_set()


async def test_a_deadline_stops_the_work(run: Run) -> None:
    work = Work()
    with pytest.raises(EngineBusyError, match=r"engine: no result within 0\.01 s"):
        await run(work, deadline_s=0.01)
    await work.ended.wait()
    assert work.stopped


async def test_a_full_line_refuses_equals_and_makes_way_for_who_waits(run: Run) -> None:
    first = Work()
    tasks = [run(first)]
    await first.begun.wait()
    paused, ahead, waiting = Work(), Work(), Work()
    tasks += [run(paused, Rank.PAUSE)]
    displaced = run(ahead, Rank.AHEAD)
    await asyncio.sleep(0)
    with pytest.raises(EngineBusyError, match="2 jobs wait already"):
        await run(Work(), Rank.AHEAD)
    tasks += [run(waiting, Rank.WAITING)]
    with pytest.raises(EngineBusyError, match="gave its place"):
        await displaced
    for work in (first, paused, waiting):
        work.go()
    assert await asyncio.gather(*tasks) == ["done"] * 3


async def test_closing_stops_what_runs_and_tells_who_waits(threads: Threads, run: Run) -> None:
    first, second = Work(), Work()
    running = run(first)
    await first.begun.wait()
    waiting = run(second)
    await asyncio.sleep(0)
    await threads.close()
    await threads.close()
    with pytest.raises(EngineError, match="engine is closed"):
        await waiting
    with pytest.raises(EngineError, match="engine is closed"):
        await running
    assert first.stopped
    with pytest.raises(EngineError, match="engine is closed"):
        await threads.run(lambda _: "", deadline_s=1)


async def test_there_is_at_least_one_worker() -> None:
    with pytest.raises(ValueError, match="at least one worker, got 0"):
        Threads("engine", workers=0)
