"""What is written of a call, each function within one transaction of its caller's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.attempts import next_attempt
from ari_app.store import call_back, nodes, queue
from ari_app.store.callbacks import add_event_callback, add_result
from ari_app.store.database import insert_new
from ari_app.store.lifecycle import PREDECESSORS
from ari_app.store.policy import add_spend
from ari_app.store.records import CallRecord, Decision, Direction, NewCall, Status
from ari_app.store.result import ANSWERED, ATTEMPT_ENDED, DECIDED, RINGING
from ari_app.store.rows import RECORD_COLUMNS, call_record, new_row
from ari_app.store.tables import attempts, calls, decisions, events
from ari_app.store.terms import Cause


class IdempotencyConflictError(Exception):
    """An idempotency key came again with another request."""


class UnknownCallError(LookupError):
    """No call has this id."""


CANCELED = "canceled"
"""The outcome that stands of an order that was canceled."""


@dataclass(frozen=True, slots=True)
class Technical:
    """What the networks told of an attempt's end. `cause`: Q.850; `machine`: human, machine, unknown or ""."""

    cause: int = 0
    sip_status: int = 0
    machine: str = ""


Charge = Callable[[str, float, datetime], tuple[str, int]]
"""Trunk, seconds talked, when → the day (YYYY-MM-DD) that it counts for, and paise."""
UNKNOWN = Technical()


@dataclass(frozen=True, slots=True)
class Ended:
    """A call after an end, the id of the callback to send, and the attempts that may begin now or at their time."""

    call: CallRecord
    callback_id: str | None = None
    due: tuple[queue.Due, ...] = ()


@dataclass(frozen=True, slots=True)
class Canceled:
    """The end of a call that was canceled before it was made."""

    reason: str
    status: Status = Status.CANCELED
    outcome: str = CANCELED
    data: Mapping[str, object] = field(default_factory=dict)
    again: Cause | None = None


_NOT_DIALLED = "not_dialled"
_AGAIN_S = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Waits after attempts that failed before they were dialled, for faults of our own or of what we use."""


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

    @property
    def again(self) -> Cause | None:
        """Why it reached nobody, if trying again may help."""


async def create(connection: AsyncConnection, *, call: NewCall, node: str, at: datetime) -> CallRecord:
    """Record a new call, or find the one of its idempotency key."""
    row = dict(new_row(call, node, at))
    if call.direction is Direction.OUTBOUND:
        row["rank"] = await queue.rank_of(connection, call.terms, str(row["party"]))
    await insert_new(connection, calls, row)
    key = calls.c.idempotency_key == call.idempotency_key if call.idempotency_key else calls.c.id == call.id
    record = await find(connection, key)
    if record is None:
        raise IdempotencyConflictError(f"call {call.id} exists already, under another key")
    if record.id != call.id and await _request_hash(connection, record.id) != call.request_hash:
        raise IdempotencyConflictError(
            f"idempotency key {call.idempotency_key!r} came before with another request (call {record.id})"
        )
    return record


async def arrived(
    connection: AsyncConnection, *, call: NewCall, channel_id: str, node: str, at: datetime, holds: str = ""
) -> None:
    """Record a call that came in on a channel; nobody rings the number that it `holds`."""
    await connection.execute(insert(calls).values({**new_row(call, node, at), "channel_id": channel_id}))
    row = {"call_id": call.id, "channel_id": channel_id, "at": at, "node": node, "trunk": call.trunk}
    if holds:
        await call_back.take_number(connection, number=holds, call_id=call.id, node=node, at=at)
        if await insert_new(connection, attempts, {**row, "holds": holds}):
            return
    await connection.execute(insert(attempts).values(row))


async def change_status(
    connection: AsyncConnection, *, call_id: str, status: Status, at: datetime
) -> tuple[bool, str | None]:
    """Move forward (False when that would be backwards), and the id of the callback to send."""
    values: dict[str, object] = {"status": status}
    if status is Status.IN_PROGRESS:
        values["answered_at"] = at
        live = (attempts.c.call_id == call_id) & attempts.c.ended_at.is_(None)
        await connection.execute(update(attempts).where(live, attempts.c.answered_at.is_(None)).values(answered_at=at))
    forward = update(calls).where(calls.c.id == call_id, calls.c.status.in_(PREDECESSORS[status])).values(values)
    if not (await connection.execute(forward)).rowcount:
        return False, None
    await _note(connection, call_id, at, "status", {"status": status})
    if status is not Status.IN_PROGRESS:
        return True, None
    return True, await add_event_callback(connection, await _held(connection, call_id), ANSWERED, {}, at)


async def decide(
    connection: AsyncConnection, *, call_id: str, subject: str, outcome: str, data: Mapping[str, object], at: datetime
) -> tuple[Decision, str | None]:
    """The first decision of a subject, with its result: what stands, and the id of the callback to send."""
    call = await _held(connection, call_id)
    if call.status.final:
        return Decision(accepted=call.outcome == outcome, outcome=call.outcome), None
    if call.order_id and await queue.order_canceled(connection, call.order_id):
        await _note(connection, call_id, at, "decision_refused", {"outcome": outcome, "stands": CANCELED})
        return Decision(accepted=False, outcome=CANCELED, canceled=True), None
    row = {"subject": subject, "call_id": call_id, "outcome": outcome, "data": dict(data), "at": at}
    if not await insert_new(connection, decisions, row):
        return await _standing(connection, call, subject, outcome, at), None
    await connection.execute(update(calls).where(calls.c.id == call_id).values(outcome=outcome, data=dict(data)))
    await _note(connection, call_id, at, "decided", {"outcome": outcome, "data": dict(data)})
    decided = replace(call, outcome=outcome, data=data)
    told = await add_event_callback(connection, decided, DECIDED, {"outcome": outcome, "data": dict(data)}, at)
    result = await add_result(connection, decided, decided_at=at, at=at)
    return Decision(accepted=True, outcome=outcome), told or result


async def begin_attempt(
    connection: AsyncConnection, *, ask: queue.Begin, gate: queue.Gate, now: datetime
) -> tuple[queue.Turn, str | None]:
    """Begin an attempt, if nothing is in the way (the call rings from then on), and the callback to send."""
    turn = await queue.begin(connection, ask, gate, now)
    if turn.standing is not queue.Standing.BEGUN:
        return turn, None
    await change_status(connection, call_id=ask.call_id, status=Status.RINGING, at=now)
    await _note(connection, ask.call_id, now, "attempt", {"ordinal": ask.ordinal, "node": ask.node})
    call = await _held(connection, ask.call_id)
    told = await add_event_callback(connection, call, RINGING, {}, now)
    return replace(turn, call=call), told


async def end_attempt(
    connection: AsyncConnection,
    *,
    call_id: str,
    ending: Ending,
    technical: Technical,
    at: datetime,
    spread: float,
    charge: Charge | None = None,
) -> Ended:
    """The end of an outbound call's attempt: it is tried again if its terms say so, else the call has ended with it.

    One that failed before it was dialled has rung nobody: the call waits for its turn again, whatever its terms, some
    times over. `spread`: the random part of the wait, 0 to 1.
    """
    call = await _held(connection, call_id)
    if call.status.final:
        return Ended(call)
    if ending.again is Cause.UNREACHABLE and (again_s := await _not_dialled(connection, call_id)):
        return await _give_back(connection, call, at, ending.reason, again_s * (0.5 + spread))
    if charge and call.answered_at:
        await _charge(connection, call, at, charge)
    await _close_attempts(connection, call_id, ending, technical, at)
    again_at = await _again_at(connection, call, ending, at, spread)
    what = {"outcome": ending.outcome, "reason": ending.reason, "again_at": again_at.isoformat() if again_at else None}
    told = await add_event_callback(connection, call, ATTEMPT_ENDED, what, at)
    if again_at is None:
        ended = await finish(connection, call_id=call_id, final=ending, cause=technical.cause, at=at)
        return replace(ended, callback_id=told or ended.callback_id)
    await connection.execute(update(calls).where(calls.c.id == call_id).values(due_at=again_at))
    await _note(connection, call_id, at, "attempt_ended", {"ordinal": call.attempt_no, **what})
    waits = replace(call, due_at=again_at)
    return Ended(waits, told, due=await _now_due(connection, call, at, queue.due(waits)))


async def end_lost(
    connection: AsyncConnection, *, call_id: str, node: str, ending: Ending, at: datetime, spread: float
) -> Ended:
    """End what a lost node had of a call: its attempt, or the call that came in there. Any peer may, and again.

    An attempt that was not dialled has rung nobody: the call waits for its turn again, whatever its retries.
    """
    call = await _held(connection, call_id)
    if call.status.final or call.node != node or call.due_at or not await nodes.is_lost(connection, node):
        return Ended(call)
    if call.direction is Direction.INBOUND:
        return await finish(connection, call_id=call_id, final=ending, cause=0, at=at)
    made = await queue.attempts_of(connection, call_id)
    if made and made[-1].dialled_at is None:
        return await _give_back(connection, call, at, ending.reason)
    return await end_attempt(connection, call_id=call_id, ending=ending, technical=UNKNOWN, at=at, spread=spread)


async def finish(connection: AsyncConnection, *, call_id: str, final: Ending, cause: int, at: datetime) -> Ended:
    """The end of a call, with the result unless a decision brought it."""
    if not final.status.final:
        raise ValueError(f"{final.status} is not final")
    call = await _held(connection, call_id)
    if call.status.final:
        return Ended(call)
    call = _ended(call, final, await _decision_of(connection, call_id), cause, at)
    values = {
        "status": call.status,
        "outcome": call.outcome,
        "data": dict(call.data),
        "cause": cause,
        "reason": call.reason,
        "due_at": None,
        "ended_at": at,
    }
    await connection.execute(update(calls).where(calls.c.id == call_id).values(values))
    await _close_attempts(connection, call_id, final, Technical(cause), at)
    await _note(connection, call_id, at, "finished", {"status": call.status, "outcome": call.outcome, "cause": cause})
    callback_id = await add_result(connection, call, decided_at=None, at=at)
    return Ended(call, callback_id, await _now_due(connection, call, at))


async def cancel_waiting(
    connection: AsyncConnection, *, call_id: str, reason: str, by: str, at: datetime
) -> Ended | None:
    """End a call that only waits; None where an attempt of it lives: that is to be ended first."""
    call = await _held(connection, call_id)
    if not call.status.final and call.due_at is None:
        return None
    await _note(connection, call_id, at, "cancel_asked", {"by": by, "reason": reason})
    return await finish(connection, call_id=call_id, final=Canceled(reason), cause=0, at=at)


async def find(connection: AsyncConnection, where: ColumnElement[bool]) -> CallRecord | None:
    """The one call, or None."""
    row = (await connection.execute(select(*RECORD_COLUMNS).where(where))).one_or_none()
    return call_record(row) if row else None


def _ended(call: CallRecord, final: Ending, decided: Any, cause: int, at: datetime) -> CallRecord:
    """The call after its end; what was decided stands."""
    outcome, data = (decided.outcome, {**final.data, **decided.data}) if decided else (final.outcome, final.data)
    return replace(
        call,
        status=final.status,
        outcome=outcome,
        data=data,
        cause=cause,
        reason=final.reason,
        due_at=None,
        ended_at=at,
    )


async def _again_at(
    connection: AsyncConnection, call: CallRecord, ending: Ending, at: datetime, spread: float
) -> datetime | None:
    """When a call is tried again; None: it is not."""
    if ending.again is None or await _decision_of(connection, call.id):
        return None
    if call.order_id and await queue.order_canceled(connection, call.order_id):
        return None
    made = await queue.attempts_of(connection, call.id)
    past = [*(Cause(one.outcome) for one in made[:-1] if one.outcome in set(Cause)), ending.again]
    return next_attempt(
        call.terms.retries, past, first_at=made[0].at, now=at, latest_at=call.terms.latest_at, spread=spread
    )


async def _not_dialled(connection: AsyncConnection, call_id: str) -> float:
    """Seconds after which the attempt that was not dialled is followed by another; 0: it was, or too many were not."""
    *before, last = await queue.attempts_of(connection, call_id)
    count = sum(one.outcome == _NOT_DIALLED for one in before)
    return _AGAIN_S[count] if last.dialled_at is None and count < len(_AGAIN_S) else 0.0


async def _give_back(
    connection: AsyncConnection, call: CallRecord, at: datetime, reason: str, after_s: float = 0.0
) -> Ended:
    live = (attempts.c.call_id == call.id) & attempts.c.ended_at.is_(None)
    over = {"holds": None, "ended_at": at, "outcome": _NOT_DIALLED, "reason": reason}
    await connection.execute(update(attempts).where(live).values(over))
    due_at = at + timedelta(seconds=after_s)
    await connection.execute(update(calls).where(calls.c.id == call.id).values(due_at=due_at))
    what = {"ordinal": call.attempt_no, "outcome": _NOT_DIALLED, "reason": reason}
    await _note(connection, call.id, at, "attempt_ended", what)
    waits = replace(call, due_at=due_at)
    return Ended(waits, due=await _now_due(connection, call, at, queue.due(waits)))


async def _charge(connection: AsyncConnection, call: CallRecord, at: datetime, charge: Charge) -> None:
    for attempt in await queue.attempts_of(connection, call.id):
        if attempt.answered_at and attempt.ended_at is None:
            day, paise = charge(call.trunk, (at - attempt.answered_at).total_seconds(), attempt.answered_at)
            await add_spend(connection, call.trunk, day, paise)


async def _close_attempts(
    connection: AsyncConnection, call_id: str, ending: Ending, technical: Technical, at: datetime
) -> None:
    live = (attempts.c.call_id == call_id) & attempts.c.ended_at.is_(None)
    values = {
        "holds": None,
        "ended_at": at,
        "outcome": ending.again or ending.outcome,
        "cause": technical.cause,
        "sip_status": technical.sip_status,
        "machine": technical.machine,
        "reason": ending.reason,
    }
    await connection.execute(update(attempts).where(live).values(values))


async def _now_due(
    connection: AsyncConnection, call: CallRecord, at: datetime, *due: queue.Due
) -> tuple[queue.Due, ...]:
    """`due`, and whoever waits for the number that has become free."""
    if call.direction is not Direction.OUTBOUND:
        if not call.order_id:
            return due
        waits = await queue.next_in_line(connection, call.caller, at)
        return (*due, waits) if waits and waits not in due else due
    waits = await queue.next_in_line(connection, call.to, at)
    return (*due, waits) if waits and waits not in due else due


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
