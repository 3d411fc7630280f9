"""The record of calls: what is committed before anyone is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import callbacks
from ari_app.store.callbacks import CallbackRecord, CallbackStatus, Delivery
from ari_app.store.database import Database, insert_new
from ari_app.store.lifecycle import PREDECESSORS
from ari_app.store.records import FINAL, CallEvent, CallRecord, Decision, Direction, NewCall, Status
from ari_app.store.rows import RECORD_COLUMNS, call_record, new_row
from ari_app.store.tables import attempts, calls, decisions, events

_T = TypeVar("_T")
_MOST = 10_000
"""Most rows that a list returns."""
Wall = Callable[[], datetime]


class IdempotencyConflictError(Exception):
    """An idempotency key came again with another request."""


class UnknownCallError(LookupError):
    """No call has this id."""


class Ending(Protocol):
    """How a call ended; `ari_app.calls.outcome.Final` is one."""

    @property
    def status(self) -> Status:
        """A final status."""

    @property
    def outcome(self) -> str:
        """Of the flow, or what became of the call."""

    @property
    def reason(self) -> str:
        """In words."""

    @property
    def data(self) -> Mapping[str, object]:
        """What the flow gathered."""


class CallStore:
    """Calls, their history and decisions, and the outbox of results. One object a process.

    Methods that change something have committed it when they return, and finish the commit even if their caller is
    cancelled meanwhile. Raises SQLAlchemy's errors when the database does not answer.
    """

    def __init__(self, database: Database, node: str, wall: Wall) -> None:
        self._database = database
        self._node = node
        self._wall = wall
        self._on_callback: Callable[[str], None] = lambda _: None
        self._commits: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, url: str, *, node: str, wall: Wall = lambda: datetime.now(UTC)) -> Self:
        """Open the database at a SQLAlchemy URL (sqlite:///FILE or postgresql://…) and bring its schema up to date."""
        database = Database(url)
        await database.open()
        return cls(database, node, wall)

    async def close(self) -> None:
        """Wait for the commits under way, and close the connections."""
        if self._commits:
            await asyncio.wait(self._commits)
        await self._database.close()

    def on_callback(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the id of each callback as soon as it is committed."""
        self._on_callback = listener

    async def ping(self) -> None:
        """Read something; raises when the database is away."""
        async with self._database.read() as connection:
            await connection.execute(select(calls.c.id).limit(1))

    # -- a call's way, in the order of writes ---------------------------------------------------------------------

    async def create(self, call: NewCall) -> CallRecord:
        """Record a call before anything is done about it; a repeated idempotency key gives the first call's record.

        Raises `IdempotencyConflictError` when the key came before with another `request_hash`.
        """
        return await self._commit(self._create(call))

    async def attempt(self, call_id: str, channel_id: str) -> None:
        """Record the ARI channel that is about to be originated. The same one twice is one attempt."""
        await self._commit(self._attempt(call_id, channel_id))

    async def change_status(self, call_id: str, status: Status, at: datetime) -> bool:
        """Move to a status that is not final; False when that would go backwards. The end is `finish`'s."""
        if status.final:
            raise ValueError(f"{status} is final: use finish()")
        return await self._commit(self._change_status(call_id, status, at))

    async def answered(self, call_id: str, at: datetime) -> bool:
        """The phone was answered."""
        return await self.change_status(call_id, Status.IN_PROGRESS, at)

    async def event(self, call_id: str, kind: str, data: Mapping[str, object]) -> None:
        """Add one line to a call's history."""
        await self.add_events(call_id, [CallEvent(self._wall(), kind, data)])

    async def add_events(self, call_id: str, history: Sequence[CallEvent]) -> None:
        """Add lines to a call's history, in one commit that does not wait for the disk."""
        if history:
            rows = [{"call_id": call_id, "at": line.at, "kind": line.kind, "data": dict(line.data)} for line in history]
            async with self._database.write(durable=False) as connection:
                await connection.execute(insert(events), rows)

    async def save_session(self, call_id: str, session: str) -> None:
        """Keep the flow's session (JSON) at its wait; does not wait for the disk."""
        async with self._database.write(durable=False) as connection:
            await connection.execute(update(calls).where(calls.c.id == call_id).values(session=session))

    async def decide(self, call_id: str, subject: str, outcome: str, data: Mapping[str, object]) -> Decision:
        """Commit a decision and the result that tells of it, together. The first decision of a subject stands.

        The same decision again (a call resumed) is accepted again. A call that has ended decides nothing more.
        """
        return await self._commit(self._telling(self._decide(call_id, subject, outcome, data)))

    async def finish(self, call_id: str, final: Ending, cause: int, at: datetime) -> CallRecord:
        """Record a call's end, with its result unless a decision made it before. The first end stands."""
        return await self._commit(self._telling(self._finish(call_id, final, cause, at)))

    # -- reading --------------------------------------------------------------------------------------------------

    async def get(self, call_id: str) -> CallRecord | None:
        """The call, or None."""
        async with self._database.read() as connection:
            return await _find(connection, calls.c.id == call_id)

    async def list_active(self, node: str | None = None) -> Sequence[CallRecord]:
        """Calls that have not ended, oldest first; those of one node, or all."""
        where: ColumnElement[bool] = calls.c.status.not_in(FINAL)
        if node is not None:
            where &= calls.c.node == node
        query = select(*RECORD_COLUMNS).where(where).order_by(calls.c.created_at, calls.c.id).limit(_MOST)
        return await self._records(query)

    async def list_recent(self, limit: int = 50) -> Sequence[CallRecord]:
        """The latest calls, newest first."""
        return await self._records(
            select(*RECORD_COLUMNS).order_by(calls.c.created_at.desc(), calls.c.id.desc()).limit(limit)
        )

    async def list_queued(self) -> Sequence[str]:
        """Ids of the outbound calls that nobody has begun, oldest first."""
        where = (calls.c.direction == Direction.OUTBOUND) & (calls.c.status == Status.QUEUED)
        async with self._database.read() as connection:
            rows = await connection.execute(select(calls.c.id).where(where).order_by(calls.c.created_at).limit(_MOST))
            return [row.id for row in rows]

    async def events(self, call_id: str, limit: int = _MOST) -> Sequence[CallEvent]:
        """A call's history, in the order of writing; the latest `limit` lines."""
        query = (
            select(events.c.at, events.c.kind, events.c.data)
            .where(events.c.call_id == call_id)
            .order_by(events.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [CallEvent(*row) for row in reversed((await connection.execute(query)).all())]

    # -- the outbox -----------------------------------------------------------------------------------------------

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        """The callback, or None."""
        async with self._database.read() as connection:
            return await callbacks.find_callback(connection, callback_id)

    async def pending_callbacks(self) -> Sequence[CallbackRecord]:
        """What is still to be delivered, oldest first."""
        async with self._database.read() as connection:
            return await callbacks.find_callbacks(connection, status=CallbackStatus.PENDING, limit=_MOST)

    async def callbacks_of(self, call_id: str) -> Sequence[CallbackRecord]:
        """A call's callbacks."""
        async with self._database.read() as connection:
            return await callbacks.find_callbacks(connection, call_id=call_id, limit=_MOST)

    async def deliveries(self, callback_id: str) -> Sequence[Delivery]:
        """The attempts to deliver a callback, oldest first."""
        async with self._database.read() as connection:
            return await callbacks.find_deliveries(connection, callback_id)

    async def delivery(
        self, callback_id: str, delivery: Delivery, status: CallbackStatus, next_in: timedelta | None = None
    ) -> None:
        """Record an attempt, where the callback stands after it, and when the next one is due."""
        next_at = delivery.at + next_in if next_in is not None else None
        await self._commit(self._delivery(callback_id, delivery, status, next_at))

    # -- transactions ---------------------------------------------------------------------------------------------

    async def _commit(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run to the end even if the caller is cancelled: half a commit is never known about."""
        task = asyncio.create_task(work)
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)
        return await asyncio.shield(task)

    async def _telling(self, work: Coroutine[Any, Any, tuple[_T, str | None]]) -> _T:
        """Tell the listener of the callback that a commit brought."""
        result, callback_id = await work
        if callback_id:
            self._on_callback(callback_id)
        return result

    async def _records(self, query: Any) -> Sequence[CallRecord]:
        async with self._database.read() as connection:
            return [call_record(row) for row in await connection.execute(query)]

    async def _create(self, call: NewCall) -> CallRecord:
        async with self._database.write() as connection:
            row = new_row(call, self._node, self._wall())
            await insert_new(connection, calls, row)
            key = calls.c.idempotency_key == call.idempotency_key if call.idempotency_key else calls.c.id == call.id
            record = await _find(connection, key)
            if record is None:
                raise IdempotencyConflictError(f"call {call.id} exists already, under another key")
            if record.id != call.id and await _request_hash(connection, record.id) != call.request_hash:
                raise IdempotencyConflictError(
                    f"idempotency key {call.idempotency_key!r} came before with another request (call {record.id})"
                )
            return record

    async def _attempt(self, call_id: str, channel_id: str) -> None:
        async with self._database.write() as connection:
            row = {"call_id": call_id, "channel_id": channel_id, "at": self._wall()}
            await insert_new(connection, attempts, row)
            await connection.execute(
                update(calls).where(calls.c.id == call_id).values(channel_id=channel_id, node=self._node)
            )

    async def _change_status(self, call_id: str, status: Status, at: datetime) -> bool:
        values: dict[str, object] = {"status": status}
        if status is Status.IN_PROGRESS:
            values["answered_at"] = at
        async with self._database.write() as connection:
            changed = await connection.execute(
                update(calls).where(calls.c.id == call_id, calls.c.status.in_(PREDECESSORS[status])).values(values)
            )
            if changed.rowcount:
                await _note(connection, call_id, at, "status", {"status": status})
            return bool(changed.rowcount)

    async def _decide(
        self, call_id: str, subject: str, outcome: str, data: Mapping[str, object]
    ) -> tuple[Decision, str | None]:
        at = self._wall()
        async with self._database.write() as connection:
            call = await _held(connection, call_id)
            if call.status.final:
                return Decision(accepted=call.outcome == outcome, outcome=call.outcome), None
            row = {"subject": subject, "call_id": call_id, "outcome": outcome, "data": dict(data), "at": at}
            if not await insert_new(connection, decisions, row):
                return await _standing(connection, call, subject, outcome, at), None
            call = replace(call, outcome=outcome, data=data)
            await connection.execute(
                update(calls).where(calls.c.id == call_id).values(outcome=outcome, data=dict(data))
            )
            await _note(connection, call_id, at, "decided", {"outcome": outcome, "data": dict(data)})
            callback_id = await callbacks.add_result(connection, call, decided_at=at, at=at)
            return Decision(accepted=True, outcome=outcome), callback_id

    async def _finish(self, call_id: str, final: Ending, cause: int, at: datetime) -> tuple[CallRecord, str | None]:
        if not final.status.final:
            raise ValueError(f"{final.status} is not final")
        async with self._database.write() as connection:
            call = await _held(connection, call_id)
            if call.status.final:
                return call, None
            decided = await _decision_of(connection, call_id)
            outcome, data = (
                (decided.outcome, {**final.data, **decided.data}) if decided else (final.outcome, final.data)
            )
            values = {
                "status": final.status,
                "outcome": outcome,
                "data": dict(data),
                "cause": cause,
                "reason": final.reason,
                "ended_at": at,
            }
            await connection.execute(update(calls).where(calls.c.id == call_id).values(values))
            await _note(
                connection, call_id, at, "finished", {"status": final.status, "outcome": outcome, "cause": cause}
            )
            call = replace(
                call, status=final.status, outcome=outcome, data=data, cause=cause, reason=final.reason, ended_at=at
            )
            return call, await callbacks.add_result(connection, call, decided_at=None, at=at)

    async def _delivery(
        self, callback_id: str, delivery: Delivery, status: CallbackStatus, next_at: datetime | None
    ) -> None:
        async with self._database.write() as connection:
            await callbacks.add_delivery(connection, callback_id, delivery, status=status, next_at=next_at)


async def _find(connection: AsyncConnection, where: ColumnElement[bool]) -> CallRecord | None:
    row = (await connection.execute(select(*RECORD_COLUMNS).where(where))).one_or_none()
    return call_record(row) if row else None


async def _held(connection: AsyncConnection, call_id: str) -> CallRecord:
    """The call, held against other writers until the end of the transaction."""
    row = (
        await connection.execute(select(*RECORD_COLUMNS).where(calls.c.id == call_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise UnknownCallError(f"no call {call_id}")
    return call_record(row)


async def _request_hash(connection: AsyncConnection, call_id: str) -> str:
    return str((await connection.execute(select(calls.c.request_hash).where(calls.c.id == call_id))).scalar_one())


async def _decision_of(connection: AsyncConnection, call_id: str) -> Any:
    query = select(decisions.c.outcome, decisions.c.data, decisions.c.at).where(decisions.c.call_id == call_id)
    return (await connection.execute(query.order_by(decisions.c.at).limit(1))).one_or_none()


async def _standing(
    connection: AsyncConnection, call: CallRecord, subject: str, outcome: str, at: datetime
) -> Decision:
    """The answer to a decision that came second."""
    query = select(decisions.c.call_id, decisions.c.outcome).where(decisions.c.subject == subject)
    standing = (await connection.execute(query)).one()
    if standing.call_id == call.id and standing.outcome == outcome:
        return Decision(accepted=True, outcome=outcome)
    await _note(connection, call.id, at, "decision_refused", {"outcome": outcome, "stands": standing.outcome})
    return Decision(accepted=False, outcome=standing.outcome)


async def _note(connection: AsyncConnection, call_id: str, at: datetime, kind: str, data: Mapping[str, object]) -> None:
    await connection.execute(insert(events).values(call_id=call_id, at=at, kind=kind, data=dict(data)))
