"""The record of calls: what is committed before anyone is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import callbacks, nodes, queue, transactions
from ari_app.store.audit import Audit
from ari_app.store.batch import create_many
from ari_app.store.call_back import CallBacks
from ari_app.store.controls import ControlRows
from ari_app.store.database import Database, Rank
from ari_app.store.journal import Journal, Notes
from ari_app.store.listing import Listing
from ari_app.store.nodes import FencedError, Node
from ari_app.store.orders import Orders
from ari_app.store.outbox import Outbox
from ari_app.store.policy import PolicyRecords
from ari_app.store.queue import Begin, Due, Gate, Turn
from ari_app.store.records import (
    FINAL,
    Attempt,
    CallbackRecord,
    CallbackStatus,
    CallEvent,
    CallRecord,
    Decision,
    Delivery,
    NewCall,
    Status,
)
from ari_app.store.rows import RECORD_COLUMNS, call_record
from ari_app.store.tables import calls, events
from ari_app.store.transactions import Charge, Ended, Ending, IdempotencyConflictError, Technical, UnknownCallError
from ari_app.store.versions import FlowVersions

__all__ = ["CallStore", "Ending", "FencedError", "IdempotencyConflictError", "UnknownCallError", "Wall"]
_T = TypeVar("_T")
_MOST = 10_000
"""Most rows that a list returns."""
Wall = Callable[[], datetime]


class CallStore:
    """Calls, their history and decisions, and the outbox of results. One object a process.

    Methods that change something have committed it when they return, and finish the commit even if their caller is
    cancelled meanwhile. Raises SQLAlchemy's errors when the database does not answer, and `FencedError` once the life
    that `join` began is over.
    """

    def __init__(self, database: Database, node: str, wall: Wall) -> None:
        self.versions = FlowVersions(database)
        self.audit = Audit(database)
        self.controls = ControlRows(database, wall)
        self.orders = Orders(database, wall)
        self.call_backs = CallBacks(database)
        self.listing = Listing(database)
        self.policy = PolicyRecords(database, wall)
        self._database = database
        self._node = node
        self._wall = wall
        self._epoch: int | None = None
        """Of the life that `join` began; None: nothing was joined (tests, commands), and nothing is fenced."""
        self._charge: Charge | None = None
        self._on_callback: Callable[[str], None] = lambda _: None
        self._on_due: Callable[[Due], None] = lambda _: None
        self._on_fenced: Callable[[FencedError], None] = lambda _: None
        self._commits: set[asyncio.Task[Any]] = set()
        self.outbox = Outbox(database, node, self._commit)
        self._journal = Journal(partial(self._commit, durable=False, rank=Rank.WAITED_FOR))

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

    def on_due(self, listener: Callable[[Due], None]) -> None:
        """Have `listener` told of each attempt that may begin, now or at its time, as soon as that is committed."""
        self._on_due = listener

    def on_fenced(self, listener: Callable[[FencedError], None]) -> None:
        """Have `listener` told when a write was refused because this life of the node is over."""
        self._on_fenced = listener

    def charge_by(self, charge: Charge) -> None:
        """Have what talks cost added to the spending of their day."""
        self._charge = charge

    # -- the node -------------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """Of this life of the node; 0 before it joined."""
        return self._epoch or 0

    async def join(self) -> int:
        """Begin a life of this node: what an earlier one still wants to write is refused from now on."""
        self._epoch = None
        self._epoch = await self._commit(partial(nodes.join, name=self._node, at=self._wall()))
        return self._epoch

    async def beat(self) -> None:
        """Show the other nodes that this one lives."""
        work = partial(nodes.beat, name=self._node, epoch=self.epoch, at=self._wall())
        await self._transaction(work, durable=False, rank=Rank.WAITED_FOR)

    async def nodes(self) -> Sequence[Node]:
        """All nodes that ever joined, by name."""
        async with self._database.read() as connection:
            return await nodes.find_all(connection)

    async def take_over(self, node: Node) -> bool:
        """Declare a peer's life over: from now on it writes nothing. False when somebody else did."""
        return await self._commit(partial(nodes.take_over, name=node.name, epoch=node.epoch, at=self._wall()))

    async def ping(self) -> None:
        """Read something; raises when the database is away."""
        async with self._database.read() as connection:
            await connection.execute(select(calls.c.id).limit(1))

    # -- a call's way, in the order of writes ---------------------------------------------------------------------

    async def create(self, call: NewCall) -> CallRecord:
        """Record a call before anything is done about it; a repeated idempotency key gives the first call's record.

        Raises `IdempotencyConflictError` when the key came before with another `request_hash`.
        """
        return await self._commit(partial(transactions.create, call=call, node=self._node, at=self._wall()))

    async def create_many(self, new: Sequence[NewCall]) -> Sequence[CallRecord]:
        """As `create`, for several calls in one commit; raises `BatchConflictError` and records none."""
        return await self._commit(partial(create_many, calls=new, node=self._node, at=self._wall()))

    async def arrived(self, call: NewCall, channel_id: str, *, holds: str = "") -> None:
        """Record a call that came in, with its ARI channel. Does not wait for the disk: the caller does, and nothing
        has been promised yet.

        `holds`: a number that nobody rings meanwhile; an attempt that is ringing it gives way.
        """
        work = partial(
            transactions.arrived, call=call, channel_id=channel_id, node=self._node, at=self._wall(), holds=holds
        )
        await self._commit(work, durable=False, rank=Rank.WAITED_FOR)

    async def begin_attempt(self, ask: Begin, gate: Gate) -> Turn:
        """Begin an attempt, if nothing is in the way: its channel's id is committed before anything is dialled."""
        return await self._commit_and_tell(partial(transactions.begin_attempt, ask=ask, gate=gate, now=self._wall()))

    async def dialled(self, call_id: str, channel_id: str) -> bool:
        """From here on an attempt's phone may ring; False when that was so before."""
        work = partial(queue.dialled, call_id=call_id, channel_id=channel_id, at=self._wall())
        return await self._commit(work, rank=Rank.WAITED_FOR)

    async def change_status(self, call_id: str, status: Status, at: datetime) -> bool:
        """Move to a status that is not final; False when that would go backwards. The end is `finish`'s."""
        if status.final:
            raise ValueError(f"{status} is final: use finish()")
        return await self._commit_and_tell(partial(transactions.change_status, call_id=call_id, status=status, at=at))

    async def answered(self, call_id: str, at: datetime) -> bool:
        """The phone was answered."""
        return await self.change_status(call_id, Status.IN_PROGRESS, at)

    async def event(self, call_id: str, kind: str, data: Mapping[str, object]) -> None:
        """Add one line to a call's history."""
        await self.add_events(call_id, [CallEvent(self._wall(), kind, data)])

    async def add_events(self, call_id: str, history: Sequence[CallEvent], session: str | None = None) -> None:
        """Add lines to a call's history, and keep its flow's session (JSON) at its wait; does not wait for the disk."""
        if history or session is not None:
            await self._journal.write(Notes(call_id, history, session))

    async def decide(
        self,
        call_id: str,
        subject: str,
        outcome: str,
        data: Mapping[str, object],
        may_commit: Callable[[], None] = lambda: None,
    ) -> Decision:
        """Commit a decision and the result that tells of it, together. The first decision of a subject stands.

        The same decision again (a call resumed) is accepted again. A call that has ended decides nothing more.
        `may_commit` is called last before the commit: what it raises takes all back.
        """
        at = self._wall()

        async def work(connection: AsyncConnection) -> tuple[Decision, str | None]:
            told = await transactions.decide(
                connection, call_id=call_id, subject=subject, outcome=outcome, data=data, at=at
            )
            may_commit()
            return told

        return await self._commit_and_tell(work, rank=Rank.WAITED_FOR)

    async def end_attempt(
        self, call_id: str, ending: Ending, technical: Technical, at: datetime, spread: float
    ) -> CallRecord:
        """Record the end of an outbound call's attempt: it waits for its next one, or has ended with this one."""
        work = partial(
            transactions.end_attempt,
            call_id=call_id,
            ending=ending,
            technical=technical,
            at=at,
            spread=spread,
            charge=self._charge,
        )
        return (await self._commit_end(work)).call

    async def lost_calls(self, node: str) -> Sequence[str]:
        """Ids of the calls that a node had under way: not those that wait for their turn."""
        where = (calls.c.node == node) & calls.c.status.not_in(FINAL) & calls.c.due_at.is_(None)
        async with self._database.read() as connection:
            return [row.id for row in await connection.execute(select(calls.c.id).where(where).limit(_MOST))]

    async def end_lost(self, call_id: str, node: str, ending: Ending, spread: float) -> CallRecord:
        """End what a lost node had of a call; nothing, where the node is back or another has the call."""
        work = partial(transactions.end_lost, call_id=call_id, node=node, ending=ending, at=self._wall(), spread=spread)
        return (await self._commit_end(work)).call

    async def clock_set_back(self, by: timedelta) -> None:
        """The wall clock was set back: what waits for a retry on this node waits no longer for it."""
        work = partial(queue.shift, node=self._node, by=by, now=self._wall())
        for due in await self._commit(work):
            self._on_due(due)

    async def finish(self, call_id: str, final: Ending, cause: int, at: datetime) -> CallRecord:
        """Record a call's end, with its result unless a decision made it before. The first end stands."""
        work = partial(transactions.finish, call_id=call_id, final=final, cause=cause, at=at)
        return (await self._commit_end(work)).call

    async def cancel(self, call_id: str, reason: str, by: str) -> bool:
        """Cancel a call that waits for an attempt; False where one of its attempts lives: that is to be ended first."""
        work = partial(transactions.cancel_waiting, call_id=call_id, reason=reason, by=by, at=self._wall())
        return await self._unbroken(self._canceled(work))

    # -- reading --------------------------------------------------------------------------------------------------

    async def get(self, call_id: str) -> CallRecord | None:
        """The call, or None."""
        async with self._database.read() as connection:
            return await transactions.find(connection, calls.c.id == call_id)

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

    async def waiting(self) -> Sequence[Due]:
        """All attempts that wait for their time or turn, the first in line first."""
        async with self._database.read() as connection:
            return await queue.waiting(connection, _MOST)

    async def attempts_of(self, call_id: str) -> Sequence[Attempt]:
        """A call's attempts, in their order."""
        async with self._database.read() as connection:
            return await queue.attempts_of(connection, call_id)

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

    async def session(self, call_id: str) -> str:
        """The flow's session (JSON) as it was last saved; "" before the first wait."""
        async with self._database.read() as connection:
            query = select(calls.c.session).where(calls.c.id == call_id)
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def notes(self, flow: str, kind: str, since: datetime | None = None) -> Sequence[CallEvent]:
        """The lines of one kind in the histories of a flow's calls, the latest `since` then."""
        query = select(events.c.at, events.c.kind, events.c.data).join(calls, calls.c.id == events.c.call_id)
        query = query.where(calls.c.flow == flow, events.c.kind == kind)
        if since is not None:
            query = query.where(calls.c.created_at >= since)
        async with self._database.read() as connection:
            return [CallEvent(*row) for row in await connection.execute(query)]

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

    # -- commits --------------------------------------------------------------------------------------------------

    async def _commit(
        self, work: Callable[[AsyncConnection], Awaitable[_T]], *, durable: bool = True, rank: Rank = Rank.USUAL
    ) -> _T:
        """Run a transaction to its end even if the caller is cancelled: half a commit is never known about."""
        return await self._unbroken(self._transaction(work, durable=durable, rank=rank))

    async def _commit_and_tell(
        self, work: Callable[[AsyncConnection], Awaitable[tuple[_T, str | None]]], *, rank: Rank = Rank.USUAL
    ) -> _T:
        """As `_commit`, then tell the listener of the callback that came with it."""
        return await self._unbroken(self._transaction_and_tell(work, rank))

    async def _transaction(
        self, work: Callable[[AsyncConnection], Awaitable[_T]], *, durable: bool = True, rank: Rank = Rank.USUAL
    ) -> _T:
        try:
            async with self._database.write(durable=durable, rank=rank) as connection:
                if self._epoch is not None:
                    await nodes.check(connection, self._node, self._epoch)
                return await work(connection)
        except FencedError as error:
            self._on_fenced(error)
            raise

    async def _transaction_and_tell(
        self, work: Callable[[AsyncConnection], Awaitable[tuple[_T, str | None]]], rank: Rank
    ) -> _T:
        result, callback_id = await self._transaction(work, rank=rank)
        if callback_id:
            self._on_callback(callback_id)
        return result

    async def _commit_end(self, work: Callable[[AsyncConnection], Awaitable[Ended]]) -> Ended:
        return await self._unbroken(self._ended(work))

    async def _ended(self, work: Callable[[AsyncConnection], Awaitable[Ended]]) -> Ended:
        ended = await self._transaction(work)
        self._tell(ended)
        return ended

    async def _canceled(self, work: Callable[[AsyncConnection], Awaitable[Ended | None]]) -> bool:
        ended = await self._transaction(work)
        if ended:
            self._tell(ended)
        return ended is not None

    def _tell(self, ended: Ended) -> None:
        if ended.callback_id:
            self._on_callback(ended.callback_id)
        for due in ended.due:
            self._on_due(due)

    async def _unbroken(self, work: Coroutine[Any, Any, _T]) -> _T:
        task = asyncio.create_task(work)
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)
        return await asyncio.shield(task)

    async def _records(self, query: Select[Any]) -> Sequence[CallRecord]:
        async with self._database.read() as connection:
            return [call_record(row) for row in await connection.execute(query)]
