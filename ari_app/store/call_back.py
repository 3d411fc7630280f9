"""Callers who call back: the open order that a number is to be reached about, and the phone that both may ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import controls
from ari_app.store.database import Database
from ari_app.store.records import FINAL, CallRecord, Direction
from ari_app.store.result import subject_of
from ari_app.store.rows import RECORD_COLUMNS, call_record
from ari_app.store.tables import attempts, calls, canceled_orders, decisions

_MOST = 20


class CallBacks:
    """Reading. Raises SQLAlchemy's errors when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_order(self, number: str) -> CallRecord | None:
        """The outbound call whose order this number (E.164) is to decide: the most urgent one, the newest of equals."""
        talked = (
            (attempts.c.call_id == calls.c.id) & attempts.c.ended_at.is_(None) & attempts.c.answered_at.is_not(None)
        )
        where = _open_to(number) & ~select(attempts.c.id).where(talked).exists()
        async with self._database.read() as connection:
            found = await _find(connection, where, calls.c.rank, calls.c.created_at.desc())
            for call in found:
                if not await _decided(connection, call):
                    return call
        return None

    async def satisfied(self, caller: str, order_id: str, flow: str) -> Sequence[CallRecord]:
        """Calls that still wait to ask this number what it has decided by now."""
        where = _open_to(caller) & (calls.c.order_id == order_id) & (calls.c.flow == flow) & calls.c.due_at.is_not(None)
        async with self._database.read() as connection:
            return await _find(connection, where, calls.c.created_at)


async def take_number(connection: AsyncConnection, *, number: str, call_id: str, node: str, at: datetime) -> None:
    """A number calls in: an attempt that is ringing it gives way. The caller of this holds the number from now on."""
    ringing = (attempts.c.holds == number) & attempts.c.ended_at.is_(None)
    columns = (attempts.c.call_id, attempts.c.node)
    held = (await connection.execute(select(*columns).where(ringing))).all()
    await connection.execute(update(attempts).where(attempts.c.holds == number).values(holds=None))
    for row in held:
        await controls.ask(
            connection,
            call_id=row.call_id,
            node=row.node,
            kind=controls.Kind.GIVE_WAY,
            data={"call": call_id},
            by=node,
            at=at,
        )


def _open_to(number: str) -> ColumnElement[bool]:
    canceled = select(canceled_orders.c.order_id).where(canceled_orders.c.order_id == calls.c.order_id)
    return (
        (calls.c.direction == Direction.OUTBOUND)
        & (calls.c.to_number == number)
        & calls.c.status.not_in(FINAL)
        & (calls.c.order_id != "")
        & ~canceled.exists()
    )


async def _find(
    connection: AsyncConnection, where: ColumnElement[bool], *order: ColumnElement[object]
) -> list[CallRecord]:
    query = select(*RECORD_COLUMNS).where(where).order_by(*order).limit(_MOST)
    return [call_record(row) for row in await connection.execute(query)]


async def _decided(connection: AsyncConnection, call: CallRecord) -> bool:
    query = select(decisions.c.subject).where(decisions.c.subject == subject_of(call))
    return (await connection.execute(query)).one_or_none() is not None
