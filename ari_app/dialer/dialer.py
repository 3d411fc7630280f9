"""The dialer: outbound calls, paced and never forgotten, and their results, delivered until they have arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from ari_app.dialer.delivery import Deliverer
from ari_app.dialer.durable import DurableEngine, Pace, Tasks
from ari_app.dialer.placing import Place, Placer
from ari_app.dialer.urls import CheckUrl, check_http_url
from ari_app.dialer.webhook import Signer, WebhookSender
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore

_log = get_logger(__name__)


class Dialer:
    """Takes committed calls and callbacks from the store; what it was not told of, it finds by sweeping."""

    def __init__(
        self,
        settings: DialerSettings,
        *,
        store: CallStore,
        place: Place,
        node: str,
        queue_url: str,
        webhook_secrets: Sequence[str],
        check_url: CheckUrl = check_http_url,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._store = store
        self._sender = WebhookSender(
            Signer(webhook_secrets), timeout_s=settings.callback_timeout_s, check_url=check_url, wall=wall
        )
        self._handing: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        deliverer = Deliverer(
            store,
            self._sender,
            waits_s=settings.callback_retry_s,
            concurrency=settings.callback_concurrency,
            wall=wall,
        )
        self._engine = DurableEngine(
            queue_url,
            node=node,
            pace=Pace(settings.calls_per_second, settings.max_concurrent, settings.queue_poll_s),
            tasks=Tasks(place=Placer(store, place, wall).run, deliver=deliverer.deliver),
        )

    async def start(self) -> None:
        """Resume what a crash cut short, and take over what was committed and not handed over."""
        await self._engine.start()
        self._store.on_callback(self._callback_committed)
        self._sweeper = asyncio.create_task(self._sweep_often(), name="dialer sweep")

    async def close(self) -> None:
        """Stop. Calls and deliveries under way are cancelled here and resumed at the next start."""
        self._store.on_callback(lambda _: None)
        tasks = [*self._handing, *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._engine.close()
        await self._sender.close()

    async def enqueue(self, call_id: str) -> None:
        """Queue a committed outbound call. Does not fail: what can't be queued now, the sweep finds."""
        try:
            await self._engine.enqueue_call(call_id)
        except SQLAlchemyError as error:
            _log.warning("dialer.not_queued", call_id=call_id, error=str(error))

    def _callback_committed(self, callback_id: str) -> None:
        task = asyncio.create_task(self._hand_over(callback_id), name=f"deliver {callback_id}")
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    async def _hand_over(self, callback_id: str) -> None:
        try:
            await self._engine.start_delivery(callback_id)
        except Exception as error:  # a task's root: the sweep finds it
            _log.warning("dialer.not_handed_over", callback_id=callback_id, error=f"{type(error).__name__}: {error}")

    async def _sweep_often(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # a task's root: the next sweep may succeed
                _log.warning("dialer.sweep_failed", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._settings.sweep_s)

    async def sweep(self) -> None:
        """Hand over what was committed and is not in hand: after a crash, or when the queue's database was away."""
        for call_id in await self._store.list_queued():
            await self._engine.enqueue_call(call_id)
        for callback in await self._store.pending_callbacks():
            await self._engine.resume_delivery(callback.id, callback.attempts)
