"""One step of delivering a result: read it, send it, record what came of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ari_app.dialer.retry import Answer, judge
from ari_app.ops.logging import get_logger
from ari_app.store.calls import CallStore
from ari_app.store.records import CallbackRecord, CallbackStatus, Delivery

_log = get_logger(__name__)
_STORE_AWAY_S = 5.0
"""Wait before the next attempt when the store could not be read or written."""


class Sender(Protocol):
    """Makes one attempt; `ari_app.dialer.webhook.WebhookSender` is one."""

    async def send(self, callback: CallbackRecord) -> Answer:
        """What came of it."""


class Deliverer:
    """Delivers callbacks; never more than `concurrency` at once."""

    def __init__(
        self,
        store: CallStore,
        sender: Sender,
        *,
        waits_s: Sequence[float],
        concurrency: int,
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._sender = sender
        self._waits_s = waits_s
        self._slots = asyncio.Semaphore(concurrency)
        self._wall = wall

    async def deliver(self, callback_id: str) -> float | None:
        """Make one attempt; seconds until the next is due, or None when there is to be none.

        May be repeated: the receiver knows the message by its id.
        """
        try:
            callback = await self._store.callback(callback_id)
            if callback is None or callback.status is not CallbackStatus.PENDING:
                return None
            async with self._slots:
                return await self._attempt(callback)
        except SQLAlchemyError as error:
            _log.warning("callback.store_away", callback_id=callback_id, error=str(error))
            return _STORE_AWAY_S

    async def _attempt(self, callback: CallbackRecord) -> float | None:
        at, started = self._wall(), time.monotonic()
        answer = await self._sender.send(callback)
        took_ms = round((time.monotonic() - started) * 1000)
        made = callback.attempts + 1
        verdict = judge(answer, made=made, waits_s=self._waits_s, spread=random.random())  # noqa: S311
        await self._store.delivery(
            callback.id,
            Delivery(at, answer.http_status, answer.error, took_ms),
            verdict.status,
            None if verdict.wait_s is None else timedelta(seconds=verdict.wait_s),
        )
        report = _log.info if verdict.status is CallbackStatus.DELIVERED else _log.warning
        report(
            f"callback.{verdict.status}",
            call_id=callback.call_id,
            callback_id=callback.id,
            attempt=made,
            http_status=answer.http_status,
            error=answer.error,
            took_ms=took_ms,
            retry_s=verdict.wait_s,
        )
        return verdict.wait_s
