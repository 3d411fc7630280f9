"""The dialer: outbound calls, paced and never forgotten, and their results, delivered until they have arrived."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.outcome import lost
from ari_app.dialer.deliveries import Deliveries
from ari_app.dialer.durable import DurableEngine, Lines, Tasks
from ari_app.dialer.lookups import CallbackHosts
from ari_app.dialer.pace import SetBack
from ari_app.dialer.placing import Capacity, Place, Placer, Ready
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from ari_app.store.nodes import Node
from ari_app.store.queue import Due, Gate, due
from ari_app.store.records import Attempt, CallRecord
from media.clock import MonotonicClock

_log = get_logger(__name__)


class Dialer:
    """Takes committed calls and callbacks from the store; what it was not told of, it finds by sweeping."""

    def __init__(
        self,
        settings: DialerSettings,
        *,
        store: CallStore,
        place: Place,
        ready: Ready,
        gate: Gate,
        trunks: Sequence[str],
        node: str,
        queue_url: str,
        webhook_secrets: Sequence[str],
        hosts: CallbackHosts | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._store = store
        self._wall = wall
        self._set_back = SetBack(wall(), time.monotonic())
        self._handing: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        clock = MonotonicClock()
        self.hosts = hosts or CallbackHosts(settings.callback_allow, clock)
        self._deliveries = Deliveries(
            settings, store=store, hosts=self.hosts, webhook_secrets=webhook_secrets, clock=clock, wall=wall
        )
        self._placer = Placer(store, node=node, gate=gate, ready=ready, place=place, capacity=self._capacity, wall=wall)
        self._engine = DurableEngine(
            queue_url,
            node=node,
            lines=Lines(tuple(trunks) or ("none",), settings.calls_per_second, settings.queue_poll_s),
            tasks=Tasks(dial=self._placer.dial, deliver=self._deliveries.deliver),
        )
        self._placer.put_off = self._queue_anew

    async def start(self) -> None:
        """Resume what a crash cut short, and take over what was committed and not handed over."""
        await self._engine.start()
        self._deliveries.start(self._engine)
        self._store.on_due(self._attempt_due)
        self._sweeper = asyncio.create_task(self._sweep_often(), name="dialer sweep")

    async def close(self) -> None:
        """Stop. Calls and deliveries under way are cancelled here and resumed at the next start."""
        await self._deliveries.stop()
        self._store.on_due(lambda _: None)
        tasks = [*self._handing, *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._engine.close()
        await self._placer.close()
        await self._deliveries.close()

    def resume(self, call: CallRecord, attempt: Attempt) -> None:
        """Run an attempt that an earlier life of this node began."""
        self._placer.resume(call, attempt)

    async def enqueue(self, call_id: str) -> None:
        """Queue a committed outbound call. Does not fail: what can't be queued now, the sweep finds."""
        try:
            call = await self._store.get(call_id)
            if call and call.due_at and not call.status.final:
                await self._queue(due(call))
        except SQLAlchemyError as error:
            _log.warning("dialer.not_queued", call_id=call_id, error=str(error))

    async def take_over(self, _node: Node) -> None:
        """See at once to what a lost peer had; what fails of it, the next sweep does."""
        await self.sweep()

    def _attempt_due(self, due_: Due) -> None:
        self._engine.forget(due_)
        self._begin(self._queue_or_sweep(due_), f"queue {due_.call_id}")

    async def _queue_or_sweep(self, due_: Due) -> None:
        try:
            await self._queue(due_)
        except Exception as error:  # a task's root: the sweep finds it
            _log.warning("dialer.not_queued", call_id=due_.call_id, error=f"{type(error).__name__}: {error}")

    async def _queue(self, due_: Due) -> None:
        wait_s = (due_.at - self._wall()).total_seconds() if due_.at else 0.0
        await self._engine.enqueue(due_, max(0.0, wait_s))

    async def _queue_anew(self, due_: Due, wait_s: float) -> None:
        self._engine.forget(due_)
        await self._engine.enqueue(due_, wait_s)

    def _capacity(self, _trunk: str) -> Capacity:
        return Capacity(self._settings.calls_per_second, self._settings.max_concurrent)

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    async def _sweep_often(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # a task's root: the next sweep may succeed
                _log.warning("dialer.sweep_failed", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._settings.sweep_s)

    async def sweep(self) -> None:
        """Hand over what was committed and is not in hand: after a crash, or when the queue's database was away."""
        if lost_time := self._set_back.by(self._wall(), time.monotonic()):
            _log.warning("dialer.clock_set_back", by_s=round(lost_time.total_seconds()))
            await self._store.clock_set_back(lost_time)
        gone = [node.name for node in await self._store.nodes() if node.lost]
        queued = await self._engine.queued(gone)
        self._engine.prune(queued)
        for due_ in await self._store.waiting():
            if f"{due_.call_id}.{due_.ordinal}" not in queued:
                self._engine.forget(due_)
                await self._queue(due_)
        await self._deliveries.sweep()
        for name in gone:
            await self._end_lost(name)

    async def _end_lost(self, node: str) -> None:
        """End what a lost node had under way. Every peer may, at every sweep: what has been done is not done again."""
        reason = f"node {node} was lost during the call"
        await self._store.controls.give_up(node, f"node {node} was lost")
        for call_id in await self._store.lost_calls(node):
            await self._store.end_lost(call_id, node, lost(reason), random.random())  # noqa: S311 - no secret
