"""A few threads and a bounded line before them, for engines that let the interpreter run on while they work.

Work is given a `Stop` and asks it between its steps: that is how cancelling ends it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from media.errors import EngineBusyError, EngineError
from media.workers.line import Line, LineFullError

_T = TypeVar("_T")


class StoppedError(Exception):
    """Nobody wants this work's result any more."""


class Stop:
    """Whether a piece of work is still wanted. Set on the loop, asked in the thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """It is not wanted any more."""
        self._event.set()

    def check(self) -> None:
        """Raises `StoppedError` once it is not wanted."""
        if self._event.is_set():
            raise StoppedError


class _Job:
    def __init__(self, work: Callable[[Stop], Any], answer: asyncio.Future[Any]) -> None:
        self.work = work
        self.answer = answer
        self.stop = Stop()

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Threads:
    """Made anywhere, used on one event loop. `name` is the engine's, for errors and threads."""

    def __init__(self, name: str, *, workers: int = 1, queue: int = 64) -> None:
        if workers < 1:
            raise ValueError(f"{name}: expected at least one worker, got {workers}")
        self._name = name
        self._free = self._workers = workers
        self._line = Line[_Job](queue)
        self._pool: ThreadPoolExecutor | None = ThreadPoolExecutor(workers, name)
        self._running: set[_Job] = set()

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a thread."""
        return len(self._line)

    @property
    def working(self) -> int:
        """How many threads work, be it at what nobody wants any more."""
        return self._workers - self._free

    @property
    def idle(self) -> bool:
        """Whether work would begin at once."""
        return self._free > 0 and not self._line

    async def run(self, work: Callable[[Stop], _T], *, rank: int = 0, deadline_s: float) -> _T:
        """The result of `work`, which waits its turn by `rank`; cancelling stops it.

        Raises `EngineBusyError` when the line is full, somebody of higher rank took the place, or `deadline_s` passed;
        and what the work raises.
        """
        if self._pool is None:
            raise self._closed()
        job = _Job(work, asyncio.get_running_loop().create_future())
        self._join(job, rank)
        self._advance()
        try:
            async with asyncio.timeout(deadline_s) as deadline:
                result: _T = await job.answer
                return result
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise EngineBusyError(f"{self._name}: no result within {deadline_s:g} s") from error
        finally:
            job.stop.set()
            self._line.leave(job)

    async def close(self) -> None:
        """Stop all work, tell those that wait, end the threads. Idempotent."""
        pool, self._pool = self._pool, None
        while job := self._line.next():
            job.fail(self._closed())
        for job in self._running:
            job.stop.set()
        if pool:
            await asyncio.to_thread(pool.shutdown)

    def _join(self, job: _Job, rank: int) -> None:
        try:
            displaced = self._line.join(job, rank)
        except LineFullError as error:
            raise EngineBusyError(f"{self._name}: {len(self._line)} jobs wait already") from error
        if displaced:
            displaced.fail(EngineBusyError(f"{self._name}: gave its place to a caller who waits in silence"))

    def _advance(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pool and self._free and (job := self._line.next()):
            self._free -= 1
            self._running.add(job)

            def tell(done: Future[Any], job: _Job = job) -> None:
                loop.call_soon_threadsafe(self._done, job, done)

            self._pool.submit(job.work, job.stop).add_done_callback(tell)

    def _done(self, job: _Job, future: Future[Any]) -> None:
        self._free += 1
        self._running.discard(job)
        if error := future.exception():
            job.fail(self._closed() if isinstance(error, StoppedError) else error)
        elif not job.answer.done():
            job.answer.set_result(future.result())
        self._advance()

    def _closed(self) -> EngineError:
        return EngineError(f"{self._name} is closed")
