"""The outbox: what the backend is to be told, in order, and what came of each attempt. Each within one transaction.

The order of a call's callbacks holds on any number of nodes: whoever adds one, and whoever settles one, holds the
call's row. So either the adder sees none before its own and has it sent, or the settler finds it next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.database import insert_new
from ari_app.store.records import CallbackRecord, CallbackStatus, CallRecord, Delivery
from ari_app.store.result import RESULT, event_body, event_id, result_body, result_id
from ari_app.store.tables import callback_endpoints, callbacks, calls, deliveries, nodes

UNDELIVERED = (CallbackStatus.DEAD, CallbackStatus.GONE)
"""The dead letters."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A callback that this node may send, and whose turn it is. `last_at`: of the attempt before."""

    callback: CallbackRecord
    last_at: datetime | None
    disabled: str = ""
    """Why its address takes nothing; "" where it does."""


async def add_result(
    connection: AsyncConnection, call: CallRecord, *, decided_at: datetime | None, at: datetime
) -> str | None:
    """Put a call's result in the outbox: the id to send at once, or None (none wanted, there already, not its turn)."""

    def body(seq: int) -> str:
        return result_body(call, decided_at=decided_at, at=at, seq=seq)

    return await _add(connection, call, kind=RESULT, new_id=lambda _: result_id(call.id), body=body, at=at)


async def add_event_callback(
    connection: AsyncConnection, call: CallRecord, kind: str, data: Mapping[str, object], at: datetime
) -> str | None:
    """Put what happened to a call in the outbox, where its terms want it: the id to send at once, or None.

    `call` as it stands after it; `kind`: one of `result.EVENT_TYPES`. Of several added in one transaction at most the
    first is to be sent at once; the others follow it by themselves.
    """
    if kind not in call.terms.events:
        return None

    def body(seq: int) -> str:
        return event_body(kind, call, data, at=at, seq=seq)

    return await _add(connection, call, kind=kind, new_id=lambda seq: event_id(call.id, seq), body=body, at=at)


async def claim(connection: AsyncConnection, callback_id: str, *, node: str) -> Claim | None:
    """Make it this node's to send; None when it is settled, not its turn, or a living node's."""
    mine = update(callbacks).where(callbacks.c.id == callback_id, _claimable(node)).values(node=node)
    row = (await connection.execute(mine.returning(*callbacks.c))).one_or_none()
    if row is None:
        return None
    callback = _record(row)
    last_at = select(func.max(deliveries.c.at)).where(deliveries.c.callback_id == callback_id)
    disabled = select(callback_endpoints.c.reason).where(callback_endpoints.c.url == callback.url)
    return Claim(
        callback,
        (await connection.execute(last_at)).scalar_one(),
        (await connection.execute(disabled)).scalar_one_or_none() or "",
    )


async def settle(
    connection: AsyncConnection,
    callback: CallbackRecord,
    *,
    delivery: Delivery | None,
    status: CallbackStatus,
    error: str,
    at: datetime,
    next_at: datetime | None = None,
) -> str | None:
    """Record an attempt (None: it was given up without one) and where the callback stands: the id that is next.

    `callback`: as it was claimed; where another node has taken it meanwhile, nothing is written.
    """
    await _hold(connection, [callback.call_id])
    stands = {
        "status": status,
        "attempts": callbacks.c.attempts + (1 if delivery else 0),
        "last_error": error,
        "next_at": next_at,
        "ended_at": None if status is CallbackStatus.PENDING else at,
    }
    mine = and_(callbacks.c.id == callback.id, callbacks.c.node == callback.node, _PENDING)
    if not (await connection.execute(update(callbacks).where(mine).values(stands))).rowcount:
        return None
    if delivery:
        made = {"at": delivery.at, "http_status": delivery.http_status}
        made |= {"error": delivery.error, "took_ms": delivery.took_ms}
        await connection.execute(insert(deliveries).values(callback_id=callback.id, **made))
    if status is CallbackStatus.GONE:
        await insert_new(connection, callback_endpoints, {"url": callback.url, "disabled_at": at, "reason": error})
    if status is CallbackStatus.PENDING:
        return None
    following = select(callbacks.c.id).where(callbacks.c.call_id == callback.call_id, _PENDING)
    return (await connection.execute(following.order_by(callbacks.c.seq).limit(1))).scalar_one_or_none()


async def resend(connection: AsyncConnection, where: ColumnElement[bool], *, limit: int) -> Sequence[str]:
    """Have settled callbacks sent again, as if for the first time, the oldest first: their ids."""
    query = select(callbacks.c.id, callbacks.c.call_id).where(where, ~_PENDING)
    rows = (await connection.execute(query.order_by(callbacks.c.created_at, callbacks.c.seq).limit(limit))).all()
    await _hold(connection, sorted({row.call_id for row in rows}))
    anew = update(callbacks).where(callbacks.c.id.in_([row.id for row in rows]), ~_PENDING)
    anew = anew.values(status=CallbackStatus.PENDING, attempts=0, next_at=None, ended_at=None, node="")
    begun = set((await connection.execute(anew.returning(callbacks.c.id))).scalars())
    return [row.id for row in rows if row.id in begun]


async def find_sendable(connection: AsyncConnection, *, node: str, after: str, limit: int) -> Sequence[tuple[str, int]]:
    """Ids (greater than `after`, in their order) and attempts of what this node is to send and whose turn it is."""
    query = select(callbacks.c.id, callbacks.c.attempts).where(_claimable(node), callbacks.c.id > after)
    rows = await connection.execute(query.order_by(callbacks.c.id).limit(limit))
    return [(row.id, row.attempts) for row in rows]


async def find_callback(connection: AsyncConnection, callback_id: str) -> CallbackRecord | None:
    """The callback, or None."""
    row = (await connection.execute(select(callbacks).where(callbacks.c.id == callback_id))).one_or_none()
    return _record(row) if row else None


async def find_callbacks(
    connection: AsyncConnection, *, status: CallbackStatus | None = None, call_id: str | None = None, limit: int
) -> Sequence[CallbackRecord]:
    """Callbacks of a status, of a call, or both; oldest first."""
    query = select(callbacks).order_by(callbacks.c.created_at, callbacks.c.call_id, callbacks.c.seq).limit(limit)
    if status:
        query = query.where(callbacks.c.status == status)
    if call_id:
        query = query.where(callbacks.c.call_id == call_id)
    return [_record(row) for row in await connection.execute(query)]


async def page(connection: AsyncConnection, where: ColumnElement[bool], *, limit: int) -> Sequence[CallbackRecord]:
    """Callbacks, newest first."""
    query = select(callbacks).where(where).order_by(callbacks.c.created_at.desc(), callbacks.c.id.desc())
    return [_record(row) for row in await connection.execute(query.limit(limit))]


async def find_deliveries(connection: AsyncConnection, callback_id: str) -> Sequence[Delivery]:
    """The attempts of a callback, oldest first."""
    columns = deliveries.c
    query = (
        select(columns.at, columns.http_status, columns.error, columns.took_ms)
        .where(columns.callback_id == callback_id)
        .order_by(columns.id)
    )
    return [Delivery(*row) for row in await connection.execute(query)]


_PENDING: ColumnElement[bool] = callbacks.c.status == CallbackStatus.PENDING


def _claimable(node: str) -> ColumnElement[bool]:
    """Pending, nobody's or this node's or a lost node's, and none of its call before it."""
    lost = select(nodes.c.name).where(nodes.c.lost)
    before = callbacks.alias("before")
    waits = exists().where(
        before.c.call_id == callbacks.c.call_id,
        before.c.seq < callbacks.c.seq,
        before.c.status == CallbackStatus.PENDING,
    )
    return and_(_PENDING, callbacks.c.node.in_(("", node)) | callbacks.c.node.in_(lost), ~waits)


async def _add(
    connection: AsyncConnection,
    call: CallRecord,
    *,
    kind: str,
    new_id: Callable[[int], str],
    body: Callable[[int], str],
    at: datetime,
) -> str | None:
    if not call.callback_url:
        return None
    await _hold(connection, [call.id])
    of_call = callbacks.c.call_id == call.id
    last = (await connection.execute(select(func.max(callbacks.c.seq)).where(of_call))).scalar_one() or 0
    waits = (await connection.execute(select(exists().where(of_call, _PENDING)))).scalar_one()
    row = {
        "id": new_id(last + 1),
        "call_id": call.id,
        "type": kind,
        "url": call.callback_url,
        "body": body(last + 1),
        "status": CallbackStatus.PENDING,
        "attempts": 0,
        "last_error": "",
        "created_at": at,
        "seq": last + 1,
    }
    added = await insert_new(connection, callbacks, row)
    return str(row["id"]) if added and not waits else None


async def _hold(connection: AsyncConnection, call_ids: Sequence[str]) -> None:
    """Hold these calls against others who add, settle or resend, until the end of the transaction."""
    query = select(calls.c.id).where(calls.c.id.in_(call_ids)).order_by(calls.c.id)
    (await connection.execute(query.with_for_update(key_share=True))).all()


def _record(row: Row[Any]) -> CallbackRecord:
    values = dict(row._mapping)
    return CallbackRecord(**values | {"status": CallbackStatus(values["status"])})
