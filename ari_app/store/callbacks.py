"""The outbox: results to be delivered to the backend, and what came of each attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.database import insert_new
from ari_app.store.records import CallbackRecord, CallbackStatus, CallRecord, Delivery
from ari_app.store.result import RESULT, result_body, result_id
from ari_app.store.tables import callbacks, deliveries


async def add_result(
    connection: AsyncConnection, call: CallRecord, *, decided_at: datetime | None, at: datetime
) -> str | None:
    """Put a call's result in the outbox: its webhook id, or None where none is wanted or one is there already."""
    if not call.callback_url:
        return None
    callback_id = result_id(call.id)
    row = {
        "id": callback_id,
        "call_id": call.id,
        "type": RESULT,
        "url": call.callback_url,
        "body": result_body(call, decided_at=decided_at, at=at),
        "status": CallbackStatus.PENDING,
        "attempts": 0,
        "last_error": "",
        "created_at": at,
    }
    return callback_id if await insert_new(connection, callbacks, row) else None


async def add_delivery(
    connection: AsyncConnection,
    callback_id: str,
    delivery: Delivery,
    *,
    status: CallbackStatus,
    next_at: datetime | None,
) -> None:
    """Record an attempt, and where the callback stands after it."""
    await connection.execute(
        insert(deliveries).values(
            callback_id=callback_id,
            at=delivery.at,
            http_status=delivery.http_status,
            error=delivery.error,
            took_ms=delivery.took_ms,
        )
    )
    await connection.execute(
        update(callbacks)
        .where(callbacks.c.id == callback_id)
        .values(
            status=status,
            attempts=callbacks.c.attempts + 1,
            last_error=delivery.error,
            next_at=next_at,
            ended_at=None if status is CallbackStatus.PENDING else delivery.at,
        )
    )


async def find_callback(connection: AsyncConnection, callback_id: str) -> CallbackRecord | None:
    """The callback, or None."""
    row = (await connection.execute(select(callbacks).where(callbacks.c.id == callback_id))).one_or_none()
    return _record(row) if row else None


async def find_callbacks(
    connection: AsyncConnection, *, status: CallbackStatus | None = None, call_id: str | None = None, limit: int
) -> Sequence[CallbackRecord]:
    """Callbacks of a status, of a call, or both; oldest first."""
    query = select(callbacks).order_by(callbacks.c.created_at, callbacks.c.id).limit(limit)
    if status:
        query = query.where(callbacks.c.status == status)
    if call_id:
        query = query.where(callbacks.c.call_id == call_id)
    return [_record(row) for row in await connection.execute(query)]


async def find_deliveries(connection: AsyncConnection, callback_id: str) -> Sequence[Delivery]:
    """The attempts of a callback, oldest first."""
    columns = deliveries.c
    query = (
        select(columns.at, columns.http_status, columns.error, columns.took_ms)
        .where(columns.callback_id == callback_id)
        .order_by(columns.id)
    )
    return [Delivery(*row) for row in await connection.execute(query)]


def _record(row: Row[Any]) -> CallbackRecord:
    values = dict(row._mapping)
    return CallbackRecord(**values | {"status": CallbackStatus(values["status"])})
