"""The queue of outbound calls: coming to it, an attempt's begin and end, leaving it. Each within one transaction.

What may keep an attempt from beginning is asked in one order, in the transaction that begins it, so that no two nodes
ring one number at once, nothing is dialled after its time, and a switch that is off is off for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.line import TURNS, Waiting, first_rank, rank, turn
from ari_app.dialer.pace import Slot, slot
from ari_app.store.database import insert_new
from ari_app.store.policy import read_switch
from ari_app.store.records import Attempt, CallRecord, Status
from ari_app.store.result import subject_of
from ari_app.store.rows import ATTEMPT_COLUMNS, RECORD_COLUMNS, attempt_record, call_record
from ari_app.store.tables import attempts, calls, canceled_orders, decisions, events, paces
from ari_app.store.terms import Terms


class Standing(StrEnum):
    """What came of asking for an attempt."""

    BEGUN = "begun"
    SETTLED = "settled"
    """There is nothing to begin: the call has ended, or this attempt has begun before."""
    LATER = "later"
    """It is not due yet."""
    IN_LINE = "in_line"
    """Its number is being called; whoever ends that call names the next."""
    FULL = "full"
    """The trunk carries as many calls as it may."""
    PACED = "paced"
    """The trunk's next call may begin in a moment."""
    HELD = "held"
    """Dialling is switched off."""
    OVER = "over"
    """It may not be made any more: canceled, too late, or against the policy. It is to be finished so."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer. `code` and `reason` say why it is OVER.

    `wait_s`: when to ask again (LATER, FULL, PACED, HELD), or when the trunk takes the next call (BEGUN).
    """

    standing: Standing
    wait_s: float = 0.0
    call: CallRecord | None = None
    attempt: Attempt | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of the policy: no `code` lets it pass; with `until` it is put off, else refused."""

    code: str = ""
    reason: str = ""
    until: datetime | None = None


class Gate(Protocol):
    """The policy, as the queue asks it."""

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        """Whether this call may be dialled now."""


@dataclass(frozen=True, slots=True)
class Begin:
    """An attempt that is asked for."""

    call_id: str
    ordinal: int
    channel_id: str
    node: str
    epoch: int
    per_second: float
    """The trunk's pace."""
    most: int
    """Calls on the trunk at once, of all nodes."""


@dataclass(frozen=True, slots=True)
class Due:
    """A call's attempt that may begin, from `at` on (None: now)."""

    call_id: str
    ordinal: int
    trunk: str
    rank: int
    at: datetime | None = field(default=None, compare=False)


_FULL_S = 0.5
_HELD_S = 1.0


async def rank_of(connection: AsyncConnection, terms: Terms, party: str) -> int:
    """The rank of a call that comes to the queue now."""
    low = first_rank(terms.priority)
    waiting = (calls.c.status == Status.QUEUED) & calls.c.rank.between(low, low + TURNS - 1)
    served = (await connection.execute(select(func.min(calls.c.rank)).where(waiting))).scalar()
    own = (await connection.execute(select(func.max(calls.c.rank)).where(waiting, calls.c.party == party))).scalar()
    return rank(terms.priority, Waiting(_turn(served), _turn(own)))


async def begin(connection: AsyncConnection, ask: Begin, gate: Gate, now: datetime) -> Turn:
    """Begin an attempt, if nothing is in the way."""
    call = await _held(connection, ask.call_id)
    if call is None or call.status.final or call.attempt_no >= ask.ordinal:
        return Turn(Standing.SETTLED, call=call)
    if over := await _over(connection, call, now):
        return over
    if not (await read_switch(connection)).on:
        return Turn(Standing.HELD, _HELD_S, call)
    if call.due_at and call.due_at > now:
        return Turn(Standing.LATER, (call.due_at - now).total_seconds(), call)
    verdict = await gate.look(connection, call, now)
    if verdict.code:
        return await _not_allowed(connection, call, verdict, now)
    return await _on_trunk(connection, call, ask, now)


async def dialled(connection: AsyncConnection, call_id: str, channel_id: str, at: datetime) -> bool:
    """From here on the attempt's phone may ring; False when it was dialled, or has ended, before."""
    fresh = (attempts.c.call_id == call_id) & (attempts.c.channel_id == channel_id)
    fresh &= attempts.c.dialled_at.is_(None) & attempts.c.ended_at.is_(None)
    return bool((await connection.execute(update(attempts).where(fresh).values(dialled_at=at))).rowcount)


async def attempts_of(connection: AsyncConnection, call_id: str) -> Sequence[Attempt]:
    """A call's attempts, in their order."""
    query = select(*ATTEMPT_COLUMNS).where(attempts.c.call_id == call_id).order_by(attempts.c.ordinal, attempts.c.id)
    return [attempt_record(row) for row in await connection.execute(query)]


async def next_in_line(connection: AsyncConnection, number: str, now: datetime) -> Due | None:
    """Who may be rung next on a number that is free."""
    live = select(attempts.c.id).where(attempts.c.holds == number).exists()
    waits = and_(calls.c.to_number == number, calls.c.due_at <= now, calls.c.status.not_in(_final()), ~live)
    query = select(*RECORD_COLUMNS).where(waits).order_by(calls.c.rank, calls.c.created_at).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return due(call_record(row)) if row else None


def due(call: CallRecord) -> Due:
    """The attempt that a waiting call is to have next."""
    return Due(call.id, call.attempt_no + 1, call.trunk, call.rank, call.due_at)


async def waiting(connection: AsyncConnection, limit: int) -> Sequence[Due]:
    """All that wait for an attempt, the first in line first; not those whose number is being called."""
    live = select(attempts.c.id).where(attempts.c.holds == calls.c.to_number).exists()
    query = select(*RECORD_COLUMNS).where(calls.c.due_at.is_not(None), calls.c.status.not_in(_final()), ~live)
    query = query.order_by(calls.c.rank, calls.c.created_at).limit(limit)
    return [due(call_record(row)) for row in await connection.execute(query)]


async def shift(connection: AsyncConnection, node: str, by: timedelta, now: datetime) -> Sequence[Due]:
    """Have this node's calls keep their waits, though its clock was set back: those that have moved.

    Retries, and what was due at once when it came. A time that was asked for stays, by the clock that is right now.
    """
    moves = (calls.c.attempt_no > 0) | (calls.c.created_at > now)
    waits = (calls.c.node == node) & moves & (calls.c.due_at > now) & calls.c.status.not_in(_final())
    rows = (await connection.execute(select(*RECORD_COLUMNS).where(waits))).all()
    moved = []
    for call in map(call_record, rows):
        at = max(now, call.due_at - by) if call.due_at else now
        if call.attempt_no == 0 and call.terms.earliest_at:
            at = max(at, call.terms.earliest_at)
        await connection.execute(update(calls).where(calls.c.id == call.id).values(due_at=at))
        moved.append(replace(due(call), at=at))
    return moved


async def _on_trunk(connection: AsyncConnection, call: CallRecord, ask: Begin, now: datetime) -> Turn:
    if await _count(connection, attempts.c.holds == call.to):
        return Turn(Standing.IN_LINE, call=call)
    if await _count(connection, (attempts.c.trunk == call.trunk) & attempts.c.ended_at.is_(None)) >= ask.most:
        return Turn(Standing.FULL, _FULL_S, call)
    taken = await _slot(connection, call.trunk, ask.per_second, now)
    if taken.wait_s:
        return Turn(Standing.PACED, taken.wait_s, call)
    begun = await _begun(connection, call, ask, now)
    return replace(begun, wait_s=(taken.next_at - now).total_seconds())


async def _begun(connection: AsyncConnection, call: CallRecord, ask: Begin, now: datetime) -> Turn:
    row = {
        "call_id": call.id,
        "channel_id": ask.channel_id,
        "at": now,
        "ordinal": ask.ordinal,
        "number": call.to,
        "holds": call.to,
        "trunk": call.trunk,
        "node": ask.node,
        "epoch": ask.epoch,
    }
    if not await insert_new(connection, attempts, row):
        return Turn(Standing.IN_LINE, call=call)
    begun = {"channel_id": ask.channel_id, "node": ask.node, "attempt_no": ask.ordinal, "due_at": None}
    await connection.execute(update(calls).where(calls.c.id == call.id).values(begun))
    made = await attempts_of(connection, call.id)
    return Turn(Standing.BEGUN, call=await _held(connection, call.id), attempt=made[-1])


async def _over(connection: AsyncConnection, call: CallRecord, now: datetime) -> Turn | None:
    if call.order_id and await order_canceled(connection, call.order_id):
        return Turn(Standing.OVER, call=call, code="canceled", reason="the order was canceled")
    if standing := await _decided(connection, call):
        return Turn(Standing.OVER, call=call, code="decided", reason=f"it was decided before: {standing}")
    if call.terms.expired(now):
        return Turn(Standing.OVER, call=call, code="expired", reason=f"it was to be made by {call.terms.latest_at}")
    return None


async def _not_allowed(connection: AsyncConnection, call: CallRecord, verdict: Verdict, now: datetime) -> Turn:
    until, latest = verdict.until, call.terms.latest_at
    if until is None or (latest is not None and until > latest):
        return Turn(Standing.OVER, call=call, code=verdict.code, reason=verdict.reason)
    await connection.execute(update(calls).where(calls.c.id == call.id).values(due_at=until))
    note = {"code": verdict.code, "reason": verdict.reason, "until": until.isoformat()}
    await connection.execute(events.insert().values(call_id=call.id, at=now, kind="postponed", data=note))
    return Turn(Standing.LATER, (until - now).total_seconds(), call, code=verdict.code, reason=verdict.reason)


async def _slot(connection: AsyncConnection, trunk: str, per_second: float, now: datetime) -> Slot:
    """The trunk's next slot; taken, if that is now."""
    await insert_new(connection, paces, {"trunk": trunk, "next_at": now})
    query = select(paces.c.next_at).where(paces.c.trunk == trunk).with_for_update()
    taken = slot((await connection.execute(query)).scalar_one(), now, per_second)
    await connection.execute(update(paces).where(paces.c.trunk == trunk).values(next_at=taken.next_at))
    return taken


async def order_canceled(connection: AsyncConnection, order_id: str) -> bool:
    """Whether nothing is decided about this order any more."""
    query = select(canceled_orders.c.order_id).where(canceled_orders.c.order_id == order_id)
    return (await connection.execute(query)).one_or_none() is not None


async def _decided(connection: AsyncConnection, call: CallRecord) -> str:
    query = select(decisions.c.outcome).where(decisions.c.subject == subject_of(call))
    return (await connection.execute(query)).scalar() or ""


async def _count(connection: AsyncConnection, where: ColumnElement[bool]) -> int:
    return int((await connection.execute(select(func.count()).select_from(attempts).where(where))).scalar_one())


async def _held(connection: AsyncConnection, call_id: str) -> CallRecord | None:
    query = select(*RECORD_COLUMNS).where(calls.c.id == call_id).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return call_record(row) if row else None


def _turn(found: int | None) -> int | None:
    return None if found is None else turn(found)


def _final() -> Sequence[Status]:
    return [status for status in Status if status.final]
