"""What is written of a call, each function within one transaction of its caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.callbacks import add_result
from ari_app.store.database import insert_new
from ari_app.store.lifecycle import PREDECESSORS
from ari_app.store.records import CallRecord, Decision, NewCall, Status
from ari_app.store.rows import RECORD_COLUMNS, call_record, new_row
from ari_app.store.tables import attempts, calls, decisions, events


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


async def create(connection: AsyncConnection, *, call: NewCall, node: str, at: datetime) -> CallRecord:
    """Record a new call, or find the one of its idempotency key."""
    await insert_new(connection, calls, new_row(call, node, at))
    key = calls.c.idempotency_key == call.idempotency_key if call.idempotency_key else calls.c.id == call.id
    record = await find(connection, key)
    if record is None:
        raise IdempotencyConflictError(f"call {call.id} exists already, under another key")
    if record.id != call.id and await _request_hash(connection, record.id) != call.request_hash:
        raise IdempotencyConflictError(
            f"idempotency key {call.idempotency_key!r} came before with another request (call {record.id})"
        )
    return record


async def arrived(connection: AsyncConnection, *, call: NewCall, channel_id: str, node: str, at: datetime) -> None:
    """Record a call that came in on a channel."""
    await connection.execute(insert(calls).values({**new_row(call, node, at), "channel_id": channel_id}))
    await connection.execute(insert(attempts).values(call_id=call.id, channel_id=channel_id, at=at))


async def attempt(connection: AsyncConnection, *, call_id: str, channel_id: str, node: str, at: datetime) -> None:
    """Record the channel of an attempt, once, and who makes it."""
    await insert_new(connection, attempts, {"call_id": call_id, "channel_id": channel_id, "at": at})
    await connection.execute(update(calls).where(calls.c.id == call_id).values(channel_id=channel_id, node=node))


async def change_status(connection: AsyncConnection, *, call_id: str, status: Status, at: datetime) -> bool:
    """Move forward; False when that would be backwards."""
    values: dict[str, object] = {"status": status}
    if status is Status.IN_PROGRESS:
        values["answered_at"] = at
    forward = update(calls).where(calls.c.id == call_id, calls.c.status.in_(PREDECESSORS[status])).values(values)
    changed = bool((await connection.execute(forward)).rowcount)
    if changed:
        await _note(connection, call_id, at, "status", {"status": status})
    return changed


async def decide(
    connection: AsyncConnection, *, call_id: str, subject: str, outcome: str, data: Mapping[str, object], at: datetime
) -> tuple[Decision, str | None]:
    """The first decision of a subject, with its result: what stands, and the id of the callback to send."""
    call = await _held(connection, call_id)
    if call.status.final:
        return Decision(accepted=call.outcome == outcome, outcome=call.outcome), None
    row = {"subject": subject, "call_id": call_id, "outcome": outcome, "data": dict(data), "at": at}
    if not await insert_new(connection, decisions, row):
        return await _standing(connection, call, subject, outcome, at), None
    await connection.execute(update(calls).where(calls.c.id == call_id).values(outcome=outcome, data=dict(data)))
    await _note(connection, call_id, at, "decided", {"outcome": outcome, "data": dict(data)})
    decided = replace(call, outcome=outcome, data=data)
    return Decision(accepted=True, outcome=outcome), await add_result(connection, decided, decided_at=at, at=at)


async def finish(
    connection: AsyncConnection, *, call_id: str, final: Ending, cause: int, at: datetime
) -> tuple[CallRecord, str | None]:
    """The end, with the result unless a decision brought it: the record, and the id of the callback to send."""
    if not final.status.final:
        raise ValueError(f"{final.status} is not final")
    call = await _held(connection, call_id)
    if call.status.final:
        return call, None
    call = _ended(call, final, await _decision_of(connection, call_id), cause, at)
    values = {
        "status": call.status,
        "outcome": call.outcome,
        "data": dict(call.data),
        "cause": cause,
        "reason": call.reason,
        "ended_at": at,
    }
    await connection.execute(update(calls).where(calls.c.id == call_id).values(values))
    await _note(connection, call_id, at, "finished", {"status": call.status, "outcome": call.outcome, "cause": cause})
    return call, await add_result(connection, call, decided_at=None, at=at)


async def find(connection: AsyncConnection, where: ColumnElement[bool]) -> CallRecord | None:
    """The one call, or None."""
    row = (await connection.execute(select(*RECORD_COLUMNS).where(where))).one_or_none()
    return call_record(row) if row else None


def _ended(call: CallRecord, final: Ending, decided: Any, cause: int, at: datetime) -> CallRecord:
    """The call after its end; what was decided stands."""
    outcome, data = (decided.outcome, {**final.data, **decided.data}) if decided else (final.outcome, final.data)
    return replace(call, status=final.status, outcome=outcome, data=data, cause=cause, reason=final.reason, ended_at=at)


async def _held(connection: AsyncConnection, call_id: str) -> CallRecord:
    """The call, held against other writers until the end of the transaction."""
    query = select(*RECORD_COLUMNS).where(calls.c.id == call_id).with_for_update()
    row = (await connection.execute(query)).one_or_none()
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
