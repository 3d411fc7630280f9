"""What must survive a crash, as dbos workflows: placing a call, and delivering a result until it has arrived.

Why dbos, and what it costs: docs/decisions/0003-dbos.md. There is one engine a process (dbos keeps it in a global).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID, StepOptions, WorkflowSerializationFormat
from sqlalchemy import make_url

_WORKFLOWS_VERSION = "1"
"""Of the workflows below, not of Mercury: dbos resumes only those of its own version. Changed with their steps."""
_QUEUE = "calls"
_THREADS = 16
_PLACE: StepOptions = {"name": "place"}
_DELIVER: StepOptions = {"name": "deliver"}
_UNFINISHED = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
_T = TypeVar("_T")
Workflow = Callable[[str], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Tasks:
    """What the workflows do. Each may be repeated after a crash, and must then have no second effect."""

    place: Callable[[str], Coroutine[Any, Any, None]]
    """Run an outbound call (id) to its end; should not raise."""
    deliver: Callable[[str], Coroutine[Any, Any, float | None]]
    """Make one attempt to deliver a callback (id): seconds to the next, or None."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast calls leave the queue."""

    calls_per_second: float
    max_concurrent: int
    poll_s: float

    @property
    def limiter(self) -> tuple[int, float]:
        """dbos's terms: at most so many starts in so many seconds; 3.3 a second is 3 in 0.91 s, 0.5 is 1 in 2 s."""
        limit = max(1, int(self.calls_per_second))
        return limit, limit / self.calls_per_second


class DurableEngine:
    """Runs the workflows of one node, and resumes at start those that a crash cut short."""

    _current: ClassVar[DurableEngine | None] = None

    def __init__(self, url: str, *, node: str, pace: Pace, tasks: Tasks) -> None:
        self._url = url
        self._node = node
        self._pace = pace
        self._tasks = tasks
        self._in_hand: set[str] = set()
        self._running: set[asyncio.Task[Any] | None] = set()
        self._context = copy_context()
        self._call: Workflow
        self._delivery: Workflow

    async def start(self) -> None:
        """Open the queue's database and resume. Blocks the loop while dbos migrates (0.1 s, SQLite)."""
        if DurableEngine._current is not None:
            raise RuntimeError("a durable engine runs in this process already: close it first")
        _log_through_root()
        _use_wal(self._url)
        DBOS(config=self._config())
        DurableEngine._current = self
        try:
            self._register()
            DBOS.launch()
            limit, period = self._pace.limiter
            await DBOS.register_queue_async(
                _QUEUE,
                limiter={"limit": limit, "period": period},
                worker_concurrency=self._pace.max_concurrent,
                polling_interval_sec=self._pace.poll_s,
                on_conflict="always_update",
            )
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop; what is under way stays recorded as such, and is resumed at the next start."""
        if DurableEngine._current is not self:
            return
        running = [task for task in self._running if task]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="dbos-close") as closer:
            await loop.run_in_executor(closer, partial(DBOS.destroy, destroy_registry=True))
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))  # dbos leaves a dead one behind
        DurableEngine._current = None

    async def enqueue_call(self, call_id: str) -> None:
        """Queue a call. The same one twice is queued once."""
        if call_id not in self._in_hand:
            with self._taking(call_id):
                await self._outside(self._enqueue(call_id))

    async def start_delivery(self, callback_id: str) -> None:
        """Begin to deliver a callback at once (the queue's polling would cost up to its interval)."""
        if callback_id not in self._in_hand:
            with self._taking(callback_id):
                await self._outside(self._deliver(callback_id, callback_id))

    async def resume_delivery(self, callback_id: str, attempts: int) -> None:
        """As `start_delivery`, for one left over: a new workflow where the first has ended and not delivered."""
        if callback_id in self._in_hand:
            return
        with self._taking(callback_id):
            await self._outside(self._deliver_again(callback_id, attempts))

    async def _enqueue(self, call_id: str) -> None:
        with SetWorkflowID(call_id):
            await DBOS.enqueue_workflow_async(_QUEUE, self._call, call_id)

    async def _deliver(self, callback_id: str, workflow_id: str) -> None:
        with SetWorkflowID(workflow_id):
            await DBOS.start_workflow_async(self._delivery, callback_id)

    async def _deliver_again(self, callback_id: str, attempts: int) -> None:
        status = await DBOS.get_workflow_status_async(callback_id)
        ended = status is not None and status.status not in _UNFINISHED
        await self._deliver(callback_id, f"{callback_id}.{attempts}" if ended else callback_id)

    async def _outside(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run it outside dbos's context, which tasks inherit: a call's result is not sent in the step placing it."""
        return await asyncio.create_task(work, context=self._context.copy())

    @contextmanager
    def _taking(self, work_id: str) -> Iterator[None]:
        """Remember what is in hand, so that a sweep passes over it; forget it if it could not be taken."""
        self._in_hand.add(work_id)
        try:
            yield
        except BaseException:
            self._in_hand.discard(work_id)
            raise

    def _register(self) -> None:
        """Make the workflows: functions of their own, for dbos takes no methods of an object that it did not make."""
        options: dict[str, Any] = {
            "max_recovery_attempts": None,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }

        async def place(call_id: str) -> None:
            await self._outside(self._tasks.place(call_id))

        async def deliver(callback_id: str) -> float | None:
            return await self._outside(self._tasks.deliver(callback_id))

        @DBOS.workflow(name="outbound_call", **options)
        async def outbound_call(call_id: str) -> None:
            with self._tracked(call_id):
                await DBOS.run_step_async(_PLACE, place, call_id)

        @DBOS.workflow(name="deliver_result", **options)
        async def deliver_result(callback_id: str) -> None:
            with self._tracked(callback_id):
                while (wait_s := await DBOS.run_step_async(_DELIVER, deliver, callback_id)) is not None:
                    await DBOS.sleep_async(wait_s)

        self._call, self._delivery = outbound_call, deliver_result

    @contextmanager
    def _tracked(self, work_id: str) -> Iterator[None]:
        """Know what runs, to end it at the close."""
        task = asyncio.current_task()
        self._in_hand.add(work_id)
        self._running.add(task)
        try:
            yield
        finally:
            self._in_hand.discard(work_id)
            self._running.discard(task)

    def _config(self) -> DBOSConfig:
        return {
            "name": "mercury",
            "system_database_url": self._url,
            "sys_db_pool_size": 5,
            "application_version": _WORKFLOWS_VERSION,
            "executor_id": self._node,
            "max_executor_threads": _THREADS,
            "notification_listener_polling_interval_sec": min(self._pace.poll_s, 0.5),
            "log_level": "WARNING",
        }


def _log_through_root() -> None:
    """Keep dbos from adding a handler of its own: its records go where all others go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _use_wal(url: str) -> None:
    """SQLite's write-ahead log, kept in the file: dbos's own default takes two more writes to the disk a commit."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(parsed.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
