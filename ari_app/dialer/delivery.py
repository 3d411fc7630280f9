"""One step of delivering a callback: take it, send it, record what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from ari_app.dialer.hosts import HostSlots
from ari_app.dialer.retry import Answer, Verdict, judge, left_over
from ari_app.ops.logging import get_logger
from ari_app.store.callbacks import Claim
from ari_app.store.calls import CallStore, FencedError
from ari_app.store.records import CallbackRecord, CallbackStatus, Delivery
from media.clock import Clock

_log = get_logger(__name__)
_STORE_AWAY_S = 5.0
"""Wait before the next attempt when the store could not be read or written."""


class Sender(Protocol):
    """Makes one attempt; `ari_app.dialer.webhook.WebhookSender` is one."""

    async def send(self, callback: CallbackRecord) -> Answer:
        """What came of it."""


class Deliverer:
    """Delivers callbacks, as many at once as `slots` has. When the next attempt is due is kept in `clock`'s time: a
    wall clock that is set puts nothing off, and brings nothing forward."""

    def __init__(
        self,
        store: CallStore,
        sender: Sender,
        *,
        slots: HostSlots,
        waits_s: Sequence[float],
        clock: Clock,
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._sender = sender
        self._slots = slots
        self._waits_s = waits_s
        self._clock = clock
        self._wall = wall
        self._due_s: dict[str, float] = {}
        self._under_way: set[str] = set()

    async def deliver(self, callback_id: str) -> float | None:
        """Make one attempt, if it is due; seconds until the next is, or None when there is to be none from here.

        May be repeated: the receiver knows the message by its id.
        """
        left_s = self._due_s.get(callback_id, 0.0) - self._clock.now()
        if left_s > 0:
            return left_s
        if callback_id in self._under_way:
            return None
        self._under_way.add(callback_id)
        try:
            return self._note(callback_id, await self._deliver(callback_id))
        except SQLAlchemyError as error:
            _log.warning("callback.store_away", callback_id=callback_id, error=str(error))
            return self._note(callback_id, _STORE_AWAY_S * (1 + random.random()))  # noqa: S311
        except FencedError as error:
            _log.warning("callback.fenced", callback_id=callback_id, error=str(error))
            return self._note(callback_id, None)
        finally:
            self._under_way.discard(callback_id)

    def _note(self, callback_id: str, wait_s: float | None) -> float | None:
        if wait_s is None:
            self._due_s.pop(callback_id, None)
        else:
            self._due_s[callback_id] = self._clock.now() + wait_s
        return wait_s

    async def _deliver(self, callback_id: str) -> float | None:
        callback = await self._store.callback(callback_id)
        if callback is None or callback.status is not CallbackStatus.PENDING:
            return None
        host = urlsplit(callback.url).netloc.lower()
        async with self._slots.slot(host):
            claim = await self._store.outbox.claim(callback_id)
            if claim is None:
                return None
            if claim.disabled:
                await self._give_up(claim)
                return None
            left_s = self._left_over(claim)
            return left_s if left_s > 0 else await self._attempt(claim.callback, host)

    def _left_over(self, claim: Claim) -> float:
        """What is left of a wait that began in another life."""
        callback = claim.callback
        if callback.id in self._due_s or not (claim.last_at and callback.next_at):
            return 0.0
        return left_over(claim.last_at, callback.next_at, self._wall(), spread=random.random())  # noqa: S311

    async def _give_up(self, claim: Claim) -> None:
        callback = claim.callback
        reason = f"its address is disabled until it is enabled again: {claim.disabled}"
        await self._store.outbox.give_up(callback, reason, self._wall())
        _log.warning("callback.dead", call_id=callback.call_id, callback_id=callback.id, error=reason)

    async def _attempt(self, callback: CallbackRecord, host: str) -> float | None:
        at, started = self._wall(), self._clock.now()
        answer = await self._sender.send(callback)
        self._slots.report(host, trouble=answer.trouble)
        took_ms = round((self._clock.now() - started) * 1000)
        made = callback.attempts + 1
        verdict = judge(answer, made=made, waits_s=self._waits_s, spread=random.random())  # noqa: S311
        await self._store.outbox.settle(
            callback,
            Delivery(at, answer.http_status, answer.error, took_ms),
            verdict.status,
            None if verdict.wait_s is None else at + timedelta(seconds=verdict.wait_s),
        )
        _report(callback, answer, verdict, made, took_ms)
        return verdict.wait_s


def _report(callback: CallbackRecord, answer: Answer, verdict: Verdict, made: int, took_ms: int) -> None:
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
