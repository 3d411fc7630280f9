"""One worker process, seen from the event loop: started, given jobs, restarted when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from media.errors import EngineError, EngineUnavailableError
from media.workers.wire import HEADER, Frame, Kind, parse_header
from media.workers.words import Words

_log = logging.getLogger(__name__)
_STOP_DEADLINE_S = 2.0
_STATUS_DEADLINE_S = 1.0
_FIRST_BACK_OFF_S = 0.1


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    """How long a worker may take to be ready, and the longest wait before one that died is started again."""

    start_s: float = 20.0
    longest_back_off_s: float = 10.0


class Job:
    """One piece of work in a worker: frames of its result as they come, the last of them DONE or FAILED."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self.over = False

    def put(self, frame: Frame) -> None:
        """Take a frame from the worker. What one job yields is bounded by what it was asked."""
        self.over = frame.kind is not Kind.CHUNK
        self.frames.put_nowait(frame)


class WorkerProcess:
    """Keeps one process of `command` alive.

    `on_idle(self)` is called whenever it can take a job, `on_lost(why)` when the process is gone.
    """

    def __init__(
        self,
        command: Sequence[str],
        name: str,
        on_idle: Callable[[WorkerProcess], None],
        on_lost: Callable[[str], None],
        options: ProcessOptions = ProcessOptions(),
    ) -> None:
        self._command = command
        self._name = name
        self._on_idle = on_idle
        self._on_lost = on_lost
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._words = Words(name)
        self._listener: asyncio.Task[None] | None = None
        self._job: Job | None = None
        self._ready = False
        self._numbers = 0
        self.restarts = 0

    @property
    def idle(self) -> bool:
        """Whether it can take a job now."""
        return self._ready and self._job is None

    @property
    def alive(self) -> bool:
        """Whether it runs and was ready once: idle, or at a job."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """Its process id, while it has one."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises `EngineUnavailableError` with the worker's own words."""
        process = await self._spawn()
        self._keeper = asyncio.create_task(self._keep(process), name=f"keep {self._name}")

    async def close(self) -> None:
        """End it. Idempotent."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._end()

    def run(self, payload: bytes) -> Job:
        """Give it a job. Raises `EngineError` if it is not idle."""
        if not self.idle or self._process is None or self._process.stdin is None:
            raise EngineError(f"{self._name}: worker is not idle")
        self._numbers += 1
        self._job = Job(self._numbers)
        self._process.stdin.write(Frame(Kind.RUN, self._numbers, payload).encode())
        return self._job

    def cancel(self, job: Job) -> None:
        """Nobody wants the rest of this job."""
        if job is self._job and self._process and self._process.stdin and not job.over:
            self._process.stdin.write(Frame(Kind.CANCEL, job.number).encode())

    def kill(self, job: Job) -> None:
        """End the process if it is still at this job: it is restarted."""
        if job is self._job and self._process and self._process.returncode is None:
            _log.warning("worker killed: %s came to no end", self._name)
            self._process.kill()

    async def _spawn(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._process = process
        self._words = Words(self._name)
        if process.stderr:
            self._listener = asyncio.create_task(self._words.listen(process.stderr), name=f"hear {self._name}")
        try:
            async with asyncio.timeout(self._options.start_s):
                frame = await _read(process)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            why = await self._not_ready(process, error)
            await self._end()
            raise EngineUnavailableError(f"{self._name}: worker did not start: {why}") from error
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise
        if frame.kind is not Kind.READY:
            await self._end()
            raise EngineUnavailableError(f"{self._name}: {frame.payload.decode(errors='replace')}")
        self._become_idle()
        return process

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        wait_s, longest_s = _FIRST_BACK_OFF_S, self._options.longest_back_off_s
        while True:
            started = asyncio.get_running_loop().time()
            why = await self._serve(process)
            self._lose(why)
            await self._end()
            if asyncio.get_running_loop().time() - started > longest_s:
                wait_s = _FIRST_BACK_OFF_S
            while True:
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
                wait_s = min(wait_s * 2, longest_s)
                self.restarts += 1
                try:
                    process = await self._spawn()
                    break
                except (EngineUnavailableError, OSError) as error:
                    _log.error("worker not restarted, next try within %.1f s: %s", wait_s, error)

    async def _serve(self, process: asyncio.subprocess.Process) -> str:
        """Hand the process's frames to its job until it ends; why it ended."""
        try:
            while True:
                frame = await _read(process)
                job = self._job
                if job and frame.job == job.number:
                    job.put(frame)
                    if job.over:
                        self._become_idle()
        except (asyncio.IncompleteReadError, ConnectionError):
            return await self._ending(process)
        except ValueError as error:
            return f"sent what is no frame: {error}"

    def _become_idle(self) -> None:
        self._job = None
        self._ready = True
        self._on_idle(self)

    def _lose(self, why: str) -> None:
        self._ready = False
        _log.warning("worker lost: %s %s; restarting", self._name, why)
        if job := self._job:
            self._job = None
            job.put(Frame(Kind.FAILED, job.number, f"its worker process {why}".encode()))
        self._on_lost(why)

    async def _not_ready(self, process: asyncio.subprocess.Process, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no sign of life within {self._options.start_s:g} s{self._said_last()}"
        return str(error) if isinstance(error, ValueError) else await self._ending(process)

    async def _ending(self, process: asyncio.subprocess.Process) -> str:
        """How it ended, and what it said last, unless it had no chance to say anything of it."""
        status = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STATUS_DEADLINE_S):
                status = await process.wait()
                if self._listener:
                    await self._listener
        killed = status == -signal.SIGKILL
        return f"ended ({_told(status)}){'' if killed else self._said_last()}"

    def _said_last(self) -> str:
        return f"; it said last: {self._words.latest}" if self._words.latest else ""

    async def _end(self) -> None:
        self._ready = False
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_DEADLINE_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None


def _told(status: int | None) -> str:
    if status is None:
        return "it closed its output and runs on"
    if status >= 0:
        return f"exit status {status}"
    return "killed; was there memory enough?" if -status == signal.SIGKILL else signal.Signals(-status).name


async def _read(process: asyncio.subprocess.Process) -> Frame:
    if process.stdout is None:
        raise ConnectionError("the worker has no standard output")
    kind, job, length = parse_header(await process.stdout.readexactly(HEADER.size))
    return Frame(kind, job, await process.stdout.readexactly(length))
