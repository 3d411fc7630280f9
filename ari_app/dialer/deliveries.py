"""All deliveries of a node: what is committed is handed to the durable engine, and what was left over is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol

from ari_app.dialer.delivery import Deliverer
from ari_app.dialer.hosts import HostSlots
from ari_app.dialer.lookups import CallbackHosts
from ari_app.dialer.webhook import Signer, WebhookSender
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from media.clock import Clock

_log = get_logger(__name__)


class Engine(Protocol):
    """Runs deliveries until they have come to an end; `ari_app.dialer.durable.DurableEngine` does."""

    async def start_delivery(self, callback_id: str) -> None:
        """Begin to deliver one that is new."""

    async def resume_delivery(self, callback_id: str, attempts: int) -> None:
        """Go on with one that may have been begun before."""


class Deliveries:
    """Hands callbacks to the engine, which has `deliver` make each attempt."""

    def __init__(
        self,
        settings: DialerSettings,
        *,
        store: CallStore,
        hosts: CallbackHosts,
        webhook_secrets: Sequence[str],
        clock: Clock,
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._handing: set[asyncio.Task[None]] = set()
        self._engine: Engine
        self._sender = WebhookSender(
            Signer(webhook_secrets), timeout_s=settings.callback_timeout_s, hosts=hosts, wall=wall
        )
        self._deliverer = Deliverer(
            store,
            self._sender,
            slots=HostSlots(total=settings.callback_concurrency, per_host=settings.callback_per_host),
            waits_s=settings.callback_retry_s,
            clock=clock,
            wall=wall,
        )

    async def deliver(self, callback_id: str) -> float | None:
        """Make one attempt: seconds to the next, or None. The engine's task."""
        return await self._deliverer.deliver(callback_id)

    def start(self, engine: Engine) -> None:
        """Hand over to `engine` from now on."""
        self._engine = engine
        self._store.on_callback(lambda callback_id: self._begin(engine.start_delivery(callback_id), callback_id))
        self._store.outbox.on_ready(
            lambda callback_id: self._begin(engine.resume_delivery(callback_id, 0), callback_id)
        )

    async def sweep(self) -> None:
        """Hand over what is this node's to deliver and is not in hand: after a crash, its own or a lost node's."""
        async for callback_id, attempts in self._store.outbox.sendable():
            await self._engine.resume_delivery(callback_id, attempts)

    async def stop(self) -> None:
        """Hand over nothing more."""
        self._store.on_callback(lambda _: None)
        self._store.outbox.on_ready(lambda _: None)
        for task in self._handing:
            task.cancel()
        if self._handing:
            await asyncio.wait(self._handing)

    async def close(self) -> None:
        """Close the connections, once the engine has stopped."""
        await self._sender.close()

    def _begin(self, work: Coroutine[Any, Any, None], callback_id: str) -> None:
        task = asyncio.create_task(self._hand_over(work, callback_id), name=f"deliver {callback_id}")
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    async def _hand_over(self, work: Coroutine[Any, Any, None], callback_id: str) -> None:
        try:
            await work
        except Exception as error:  # a task's root: the sweep finds it
            _log.warning("dialer.not_handed_over", callback_id=callback_id, error=f"{type(error).__name__}: {error}")
