"""A few worker processes and a bounded line before them, in which callers who wait in silence go first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field

from media.errors import EngineBusyError, EngineError
from media.workers.line import Line, LineFullError, Rank
from media.workers.process import Job, ProcessOptions, WorkerProcess
from media.workers.wire import Kind


class GaveWayError(EngineBusyError):
    """Work ahead that was stopped, for a caller waits in silence: it may be asked for again."""


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How many workers, how many jobs may wait for one, and how long a job may take with its waiting.

    `cancel_s`: a worker that is still at a job so long after nobody wants it is killed. `process`: see there.
    `gives_way`: whether work ahead that has begun is stopped for who would have to wait for it.
    `waits_for_restart`: whether jobs wait for a worker that is being started again, or fail once the last is gone.
    """

    workers: int = 1
    queue: int = 64
    deadline_s: float = 10.0
    cancel_s: float = 1.0
    gives_way: bool = False
    waits_for_restart: bool = True
    process: ProcessOptions = field(default_factory=ProcessOptions)


class WorkerPool:
    """Workers of one kind. `run` gives a job to whichever is idle."""

    def __init__(self, command: Sequence[str], name: str, options: PoolOptions) -> None:
        self._name = name
        self._options = options
        self._waiting = Line[asyncio.Future[WorkerProcess]](options.queue)
        self._idle: deque[WorkerProcess] = deque()
        self._ahead: dict[Job, WorkerProcess] = {}
        """Work ahead that has begun, and was not told to give way."""
        self._lost = ""
        """What became of the worker that was lost last."""
        self.workers = tuple(
            WorkerProcess(command, name, self._on_idle, self._on_lost, options.process) for _ in range(options.workers)
        )

    async def start(self) -> None:
        """Start all workers together. Raises `EngineUnavailableError`; none is left running then."""
        results = await asyncio.gather(*(worker.start() for worker in self.workers), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            await self.close()
            raise failures[0]

    async def close(self) -> None:
        """End all workers; who waits is told. Idempotent."""
        while future := self._waiting.next():
            future.cancel()
        await asyncio.gather(*(worker.close() for worker in self.workers))

    async def run(self, payload: bytes, rank: Rank = Rank.WAITING) -> AsyncGenerator[bytes, None]:
        """The parts of one job's result as they come. Closing the iterator stops the work.

        Raises `EngineBusyError` when the line is full, somebody of higher rank took the place or the deadline passed,
        `GaveWayError` as the options have it, `EngineError` when the work failed.
        """
        deadline = asyncio.get_running_loop().time() + self._options.deadline_s
        worker = await self._worker(rank, deadline)
        job = worker.run(payload)
        gives_way = self._options.gives_way and rank is Rank.AHEAD
        if gives_way:
            self._ahead[job] = worker
        try:
            while True:
                async with self._in_time(deadline):
                    frame = await job.frames.get()
                if frame.kind is Kind.FAILED:
                    raise EngineError(f"{self._name}: {frame.payload.decode(errors='replace')}")
                if frame.payload:
                    yield frame.payload
                if frame.kind is Kind.DONE:
                    if gives_way and job not in self._ahead:
                        raise GaveWayError(f"{self._name}: gave way to a caller who waits in silence")
                    return
        finally:
            self._ahead.pop(job, None)
            if not job.over:
                self._stop(worker, job)

    async def whole(self, payload: bytes, rank: Rank = Rank.WAITING) -> list[bytes]:
        """All parts of one job's result; begun anew as often as it has to give way. Raises as `run` does otherwise."""
        while True:
            with contextlib.suppress(GaveWayError):
                async with contextlib.aclosing(self.run(payload, rank)) as parts:
                    return [part async for part in parts]

    async def _worker(self, rank: Rank, deadline: float) -> WorkerProcess:
        while self._idle:
            worker = self._idle.popleft()
            if worker.idle:
                return worker
        if away := self._away():
            raise away
        future: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._join(future, rank)
        if rank is not Rank.AHEAD and self._ahead:
            job, worker = self._ahead.popitem()
            self._stop(worker, job)
        try:
            async with self._in_time(deadline):
                return await future
        except BaseException:
            self._withdraw(future)
            raise

    def _join(self, future: asyncio.Future[WorkerProcess], rank: Rank) -> None:
        try:
            displaced = self._waiting.join(future, rank)
        except LineFullError as error:
            raise EngineBusyError(f"{self._name}: {len(self._waiting)} jobs wait already") from error
        if displaced and not displaced.done():
            displaced.set_exception(EngineBusyError(f"{self._name}: gave its place to a caller who waits in silence"))

    def _withdraw(self, future: asyncio.Future[WorkerProcess]) -> None:
        """Wait no more. A worker that came in the same moment goes to whoever waits next."""
        self._waiting.leave(future)
        if future.done() and not future.cancelled() and not future.exception():
            self._on_idle(future.result())

    def _on_idle(self, worker: WorkerProcess) -> None:
        while future := self._waiting.next():
            if not future.done():
                future.set_result(worker)
                return
        if worker not in self._idle:
            self._idle.append(worker)

    def _on_lost(self, why: str) -> None:
        self._lost = why
        while (away := self._away()) and (future := self._waiting.next()):
            if not future.done():
                future.set_exception(away)

    def _away(self) -> EngineError | None:
        """What to tell whoever would have to wait for a worker to be started again."""
        if self._options.waits_for_restart or any(worker.alive for worker in self.workers):
            return None
        if not self._lost:
            return EngineError(f"{self._name}: its worker process is not started")
        return EngineError(f"{self._name}: its worker process is being started again; it {self._lost}")

    @contextlib.asynccontextmanager
    async def _in_time(self, deadline: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline) as limit:
                yield
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise EngineBusyError(f"{self._name}: no result within {self._options.deadline_s:g} s") from error

    def _stop(self, worker: WorkerProcess, job: Job) -> None:
        """Cancel the job, and end the worker if it does not heed that."""
        worker.cancel(job)
        asyncio.get_running_loop().call_later(self._options.cancel_s, worker.kill, job)
