"""Calls by filters, page by page, and the history of one, from any line on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from ari_app.store.database import Database
from ari_app.store.records import CallEvent, CallRecord, Direction, Status
from ari_app.store.rows import RECORD_COLUMNS, call_record
from ari_app.store.tables import calls, events


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls; what is None does not matter."""

    status: Status | None = None
    direction: Direction | None = None
    flow: str | None = None
    order_id: str | None = None
    to: str | None = None
    caller: str | None = None
    party: str | None = None
    outcome: str | None = None
    node: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: just after this call."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a call's history, and its serial number: it grows within a call."""

    id: int
    event: CallEvent


class Listing:
    """Reads for pages and streams; each is one short query."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, wanted: Filter, after: Position | None, limit: int) -> Sequence[CallRecord]:
        """Calls, the newest first. Calls that come meanwhile do not shift the pages that follow."""
        query = select(*RECORD_COLUMNS).order_by(calls.c.created_at.desc(), calls.c.id.desc()).limit(limit)
        query = query.where(*_conditions(wanted))
        if after:
            earlier = and_(calls.c.created_at == after.created_at, calls.c.id < after.id)
            query = query.where(or_(calls.c.created_at < after.created_at, earlier))
        async with self._database.read() as connection:
            return [call_record(row) for row in await connection.execute(query)]

    async def history(self, call_id: str, *, after: int = 0, limit: int = 10_000) -> Sequence[Line]:
        """A call's lines after one, in their order; at most `limit`."""
        return await self._lines(call_id, after, limit, newest=False)

    async def latest(self, call_id: str, limit: int) -> Sequence[Line]:
        """A call's last lines, in their order."""
        return list(reversed(await self._lines(call_id, 0, limit, newest=True)))

    async def status(self, call_id: str) -> Status | None:
        """Where a call stands; None: there is none."""
        async with self._database.read() as connection:
            found = await connection.execute(select(calls.c.status).where(calls.c.id == call_id))
            value = found.scalar_one_or_none()
        return Status(value) if value else None

    async def _lines(self, call_id: str, after: int, limit: int, *, newest: bool) -> Sequence[Line]:
        order = events.c.id.desc() if newest else events.c.id
        query = select(events.c.id, events.c.at, events.c.kind, events.c.data).order_by(order).limit(limit)
        query = query.where(events.c.call_id == call_id, events.c.id > after)
        async with self._database.read() as connection:
            return [Line(row.id, CallEvent(row.at, row.kind, row.data)) for row in await connection.execute(query)]


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    equal = {
        calls.c.status: wanted.status,
        calls.c.direction: wanted.direction,
        calls.c.flow: wanted.flow,
        calls.c.order_id: wanted.order_id,
        calls.c.to_number: wanted.to,
        calls.c.caller: wanted.caller,
        calls.c.party: wanted.party,
        calls.c.outcome: wanted.outcome,
        calls.c.node: wanted.node,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if wanted.created_after:
        yield calls.c.created_at > wanted.created_after
    if wanted.created_before:
        yield calls.c.created_at < wanted.created_before
