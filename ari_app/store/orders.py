"""Orders as calls are about them: what was decided of one, and its end. Each within one transaction.

An order is canceled before its calls are: from then on no call is dialled for it and no decision of it is taken, on
whichever node. A decision and a cancellation of one order hold the same rows, so that one of them is first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import controls
from ari_app.store.database import Database, insert_new
from ari_app.store.records import CallRecord
from ari_app.store.rows import RECORD_COLUMNS, call_record
from ari_app.store.tables import calls, canceled_orders, decisions

_MOST = 500
"""Calls of one order that are looked at."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Of an order; the first one stands."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """What was decided of an order, on one of its calls."""

    subject: str
    call_id: str
    outcome: str
    data: Mapping[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """All that is known of one."""

    order_id: str
    calls: Sequence[CallRecord]
    """Newest first."""
    decisions: Sequence[DecisionRecord]
    """Oldest first."""
    canceled: Cancellation | None


@dataclass(frozen=True, slots=True)
class OrderCanceled:
    """What is to be done about an order's open calls: `waiting` ones end in the records, others on their nodes."""

    waiting: Sequence[str]
    controls: Sequence[int]
    """Serial numbers of what was asked of the nodes, in the same commit."""


class Orders:
    """The orders of these records. Raises SQLAlchemy's errors when the database does not answer."""

    def __init__(self, database: Database, wall: Callable[[], datetime]) -> None:
        self._database = database
        self._wall = wall

    async def get(self, order_id: str) -> Order | None:
        """The order, or None where no call is about it and nobody canceled it."""
        async with self._database.read() as connection:
            return await find(connection, order_id)

    async def cancel(self, order_id: str, reason: str, by: str) -> OrderCanceled:
        """Cancel it, once and for all. A call on which it was decided goes on: what was decided has been said."""
        async with self._database.write() as connection:
            return await cancel(connection, order_id=order_id, reason=reason, by=by, at=self._wall())


async def cancel(connection: AsyncConnection, *, order_id: str, reason: str, by: str, at: datetime) -> OrderCanceled:
    """Refuse what is still to come of it, and ask its live calls to end."""
    held = select(*RECORD_COLUMNS).where(calls.c.order_id == order_id).order_by(calls.c.id).with_for_update()
    about = [call_record(row) for row in await connection.execute(held)]
    await insert_new(connection, canceled_orders, {"order_id": order_id, "reason": reason, "by": by, "at": at})
    decided = {decision.call_id for decision in await _decisions(connection, order_id)}
    undone = [call for call in about if not call.status.final and call.id not in decided]
    asked = [
        await controls.ask(
            connection,
            call_id=call.id,
            node=call.node,
            kind=controls.Kind.CANCEL,
            data={"reason": reason or f"order {order_id} was canceled"},
            by=by,
            at=at,
        )
        for call in undone
        if call.due_at is None
    ]
    return OrderCanceled([call.id for call in undone if call.due_at is not None], asked)


async def find(connection: AsyncConnection, order_id: str) -> Order | None:
    """The order, or None."""
    query = select(*RECORD_COLUMNS).where(calls.c.order_id == order_id)
    query = query.order_by(calls.c.created_at.desc(), calls.c.id.desc()).limit(_MOST)
    about = [call_record(row) for row in await connection.execute(query)]
    canceled = await cancellation(connection, order_id)
    if not (about or canceled):
        return None
    return Order(order_id, about, await _decisions(connection, order_id), canceled)


async def cancellation(connection: AsyncConnection, order_id: str) -> Cancellation | None:
    """An order's, if it was canceled."""
    columns = (canceled_orders.c.at, canceled_orders.c.by, canceled_orders.c.reason)
    row = (await connection.execute(select(*columns).where(canceled_orders.c.order_id == order_id))).one_or_none()
    return Cancellation(*row) if row else None


async def _decisions(connection: AsyncConnection, order_id: str) -> list[DecisionRecord]:
    columns = (decisions.c.subject, decisions.c.call_id, decisions.c.outcome, decisions.c.data, decisions.c.at)
    query = select(*columns).join(calls, calls.c.id == decisions.c.call_id).where(calls.c.order_id == order_id)
    rows: Any = await connection.execute(query.order_by(decisions.c.at))
    return [DecisionRecord(*row) for row in rows]
