"""Several calls recorded in one transaction: all of them, or none. A thousand take a handful of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.line import TURNS, Waiting, first_rank, rank, turn
from ari_app.store import transactions
from ari_app.store.records import CallRecord, NewCall, Status
from ari_app.store.rows import RECORD_COLUMNS, call_record, new_row
from ari_app.store.tables import calls as table
from ari_app.store.transactions import IdempotencyConflictError

_AT_ONCE = 500
"""Values in one condition: fewer than any database's bound on parameters."""


class BatchConflictError(Exception):
    """One of a batch's idempotency keys came before with another request: `index` says which."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


async def create_many(
    connection: AsyncConnection, *, calls: Sequence[NewCall], node: str, at: datetime
) -> list[CallRecord]:
    """Record new outbound calls, or find those of their idempotency keys, in order. Raises `BatchConflictError`."""
    known = await _known_keys(connection, [call.idempotency_key for call in calls if call.idempotency_key])
    line = _Line()
    rows, new = [], set()
    for call in calls:
        if call.idempotency_key and call.idempotency_key in known:
            continue
        known.add(call.idempotency_key)
        new.add(call.id)
        row = dict(new_row(call, node, at))
        row["rank"] = await line.rank(connection, call.terms.priority, str(row["party"]))
        rows.append(row)
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        await connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
    made = await _records(connection, sorted(new))
    return [made.get(call.id) or await _before(connection, index, call, node, at) for index, call in enumerate(calls)]


class _Line:
    """Who waits, by priority, as this transaction saw it and adds to it: what `queue.rank_of` asks for one call."""

    def __init__(self) -> None:
        self._served: dict[int, int | None] = {}
        self._own: dict[int, dict[str, int]] = {}

    async def rank(self, connection: AsyncConnection, priority: int, party: str) -> int:
        """The rank of a call that comes to them now; it waits from now on."""
        if priority not in self._own:
            await self._look(connection, priority)
        served, own = self._served[priority], self._own[priority]
        given = rank(priority, Waiting(served, own.get(party)))
        own[party] = turn(given)
        self._served[priority] = turn(given) if served is None else min(served, turn(given))
        return given

    async def _look(self, connection: AsyncConnection, priority: int) -> None:
        low = first_rank(priority)
        waits = (table.c.status == Status.QUEUED) & table.c.rank.between(low, low + TURNS - 1)
        query = select(table.c.party, func.min(table.c.rank), func.max(table.c.rank)).where(waits)
        rows = (await connection.execute(query.group_by(table.c.party))).all()
        self._served[priority] = min((turn(lowest) for _, lowest, _ in rows), default=None)
        self._own[priority] = {party: turn(highest) for party, _, highest in rows}


async def _before(connection: AsyncConnection, index: int, call: NewCall, node: str, at: datetime) -> CallRecord:
    """The call of a key that came before, in another request or in this batch."""
    try:
        return await transactions.create(connection, call=call, node=node, at=at)
    except IdempotencyConflictError as error:
        raise BatchConflictError(index, str(error)) from error


async def _known_keys(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for part in _parts(keys):
        query = select(table.c.idempotency_key).where(table.c.idempotency_key.in_(part))
        known |= {row.idempotency_key for row in await connection.execute(query)}
    return known


async def _records(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, CallRecord]:
    found: dict[str, CallRecord] = {}
    for part in _parts(ids):
        rows = await connection.execute(select(*RECORD_COLUMNS).where(table.c.id.in_(part)))
        found |= {record.id: record for record in map(call_record, rows)}
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
