"""What must survive a crash, as dbos workflows: an attempt that waits, and delivering a result until it has arrived.

A trunk has a queue; its calls leave it by their rank, when they are due. What then lives is on record as an attempt.

Why dbos, and what it costs: docs/decisions/0003-dbos.md. There is one engine a process (dbos keeps it in a global).
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import secrets
import sqlite3
from collections.abc import Callable, Collection, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID, StepOptions, WorkflowSerializationFormat
from sqlalchemy import make_url

from ari_app.store.database import unfrozen
from ari_app.store.queue import Due

_WORKFLOWS_VERSION = "2"
"""Of the workflows below, not of Mercury: dbos resumes only those of its own version. Changed with their steps."""
_AHEAD_S = 1.0
"""How much of a trunk's pace is taken from its queue ahead: what comes later and is more urgent waits behind it."""
_THREADS = 16
_ATTEMPT = re.compile(r".+\.\d+")
_OVERSLEPT_S = 1.0
_DIAL: StepOptions = {"name": "dial"}
_DELIVER: StepOptions = {"name": "deliver"}
_DIALLING = "dial_attempt"
_UNFINISHED = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
_T = TypeVar("_T")
Dialling = Callable[[str, int], Coroutine[Any, Any, None]]
Delivering = Callable[[str], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Tasks:
    """What the workflows do. Each may be repeated after a crash, and must then have no second effect."""

    dial: Callable[[str, int], Coroutine[Any, Any, None]]
    """Have an attempt (call, ordinal) begin, or find that it may not; should not raise."""
    deliver: Callable[[str], Coroutine[Any, Any, float | None]]
    """Make one attempt to deliver a callback (id): seconds to the next, or None."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The queues: one for each of these trunks, looked at every `poll_s`."""

    trunks: tuple[str, ...]
    calls_per_second: float
    poll_s: float

    @property
    def ahead(self) -> int:
        """Attempts of a trunk that a node takes from its queue before they may begin."""
        return max(2, math.ceil(self.calls_per_second * _AHEAD_S))

    def queue(self, trunk: str) -> str:
        """The queue of a trunk; one that is not set up any more is served with the first."""
        return f"calls.{trunk if trunk in self.trunks else self.trunks[0]}"


class DurableEngine:
    """Runs the workflows of one node, and resumes at start those that a crash cut short."""

    _current: ClassVar[DurableEngine | None] = None

    def __init__(self, url: str, *, node: str, lines: Lines, tasks: Tasks) -> None:
        self._url = url
        self._node = node
        self._lines = lines
        self._tasks = tasks
        self._in_hand: set[str] = set()
        self._broken: set[str] = set()
        """Deliveries that ended by an error (the queue's database was away): dbos has them as under way for ever."""
        self._running: set[asyncio.Task[Any] | None] = set()
        self._context = copy_context()
        self._dialling: Dialling
        self._delivery: Delivering

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
            for trunk in self._lines.trunks:
                await DBOS.register_queue_async(
                    self._lines.queue(trunk),
                    worker_concurrency=self._lines.ahead,
                    polling_interval_sec=self._lines.poll_s,
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

    async def enqueue(self, due: Due, wait_s: float) -> None:
        """Queue an attempt, to leave after `wait_s` at the soonest. More than once does no harm: it begins once."""
        name = f"{due.call_id}.{due.ordinal}"
        if name not in self._in_hand:
            with self._taking(name):
                await self._outside(self._enqueue(name, due, wait_s))

    async def queued(self, lost: Collection[str]) -> frozenset[str]:
        """The attempts (CALL.ORDINAL) that wait in the queues, or are being begun by a node that is not lost."""
        rows = await self._outside(
            DBOS.list_workflows_async(name=_DIALLING, status=list(_UNFINISHED), load_input=False, load_output=False)
        )
        found = [(row.workflow_id.partition("~")[0], row) for row in rows]
        return frozenset(
            name for name, row in found if row.status != "PENDING" or not self._dropped(name, row.executor_id, lost)
        )

    def _dropped(self, name: str, node: str | None, lost: Collection[str]) -> bool:
        """Whether nobody is at it, though dbos has it as begun: by a lost node, or here until an error ended it."""
        return node in lost or (node == self._node and name not in self._in_hand)

    def prune(self, queued: Collection[str]) -> None:
        """Know nothing more of attempts that are queued no longer: other nodes began them."""
        self._in_hand -= {name for name in self._in_hand if _ATTEMPT.fullmatch(name) and name not in queued}

    def forget(self, due: Due) -> None:
        """It is not in hand here any more: it may be queued anew."""
        self._in_hand.discard(f"{due.call_id}.{due.ordinal}")

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

    async def _enqueue(self, name: str, due: Due, wait_s: float) -> None:
        before = await DBOS.get_workflow_status_async(name)
        workflow_id = f"{name}~{secrets.token_hex(4)}" if before else name
        options = SetEnqueueOptions(priority=max(1, due.rank), delay_seconds=wait_s if wait_s > 0 else None)
        with SetWorkflowID(workflow_id), options:
            await DBOS.enqueue_workflow_async(self._lines.queue(due.trunk), self._dialling, due.call_id, due.ordinal)

    async def _deliver(self, callback_id: str, workflow_id: str) -> None:
        with SetWorkflowID(workflow_id):
            await DBOS.start_workflow_async(self._delivery, callback_id)

    async def _deliver_again(self, callback_id: str, attempts: int) -> None:
        """dbos resumes only what was this node's, of these workflows' version, and had not ended."""
        known = await DBOS.get_workflow_status_async(callback_id)
        ours = (self._node, _WORKFLOWS_VERSION)
        resumable = known and known.status in _UNFINISHED and (known.executor_id, known.app_version) == ours
        if known and (callback_id in self._broken or not resumable):
            self._broken.discard(callback_id)
            await self._deliver(callback_id, f"{callback_id}~{attempts}.{secrets.token_hex(4)}")
        else:
            await self._deliver(callback_id, callback_id)

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
            self._broken.add(work_id)
            raise

    def _register(self) -> None:
        """Make the workflows: functions of their own, for dbos takes no methods of an object that it did not make."""
        options: dict[str, Any] = {
            "max_recovery_attempts": None,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }

        async def dial(call_id: str, ordinal: int) -> None:
            await self._outside(self._tasks.dial(call_id, ordinal))

        async def deliver(callback_id: str) -> float | None:
            return await self._outside(self._tasks.deliver(callback_id))

        @DBOS.workflow(name=_DIALLING, **options)
        async def dial_attempt(call_id: str, ordinal: int) -> None:
            with self._tracked(f"{call_id}.{ordinal}"):
                await DBOS.run_step_async(_DIAL, dial, call_id, ordinal)

        @DBOS.workflow(name="deliver_result", **options)
        async def deliver_result(callback_id: str) -> None:
            with self._tracked(callback_id):
                while (wait_s := await DBOS.run_step_async(_DELIVER, deliver, callback_id)) is not None:
                    await _sleep(wait_s)

        self._dialling, self._delivery = dial_attempt, deliver_result

    @contextmanager
    def _tracked(self, work_id: str) -> Iterator[None]:
        """Know what runs, to end it at the close."""
        task = asyncio.current_task()
        self._in_hand.add(work_id)
        self._running.add(task)
        try:
            yield
        except Exception:
            self._broken.add(work_id)
            raise
        finally:
            self._in_hand.discard(work_id)
            self._running.discard(task)

    def _config(self) -> DBOSConfig:
        return {
            "name": "mercury",
            "system_database_url": unfrozen(make_url(self._url)).render_as_string(hide_password=False),
            "sys_db_pool_size": 5,
            "application_version": _WORKFLOWS_VERSION,
            "executor_id": self._node,
            "max_executor_threads": _THREADS,
            "notification_listener_polling_interval_sec": min(self._lines.poll_s, 0.5),
            "log_level": "WARNING",
        }


async def _sleep(wait_s: float) -> None:
    """dbos wakes a resumed workflow by the wall clock: one that was set back must not have it sleep for longer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s + _OVERSLEPT_S):
            await DBOS.sleep_async(wait_s)


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
