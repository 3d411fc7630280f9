"""The outbox as its users see it: what is to be sent, what came of it, and the dead letters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, delete, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store import callbacks
from ari_app.store.callbacks import UNDELIVERED, Claim
from ari_app.store.database import Database
from ari_app.store.records import CallbackRecord, CallbackStatus, Delivery
from ari_app.store.tables import callback_endpoints
from ari_app.store.tables import callbacks as table

_PAGE = 1000
_T = TypeVar("_T")


class Commit(Protocol):
    """Runs a transaction to its end, whatever becomes of its caller; `ari_app.store.calls.CallStore` has it."""

    def __call__(self, work: Callable[[AsyncConnection], Awaitable[_T]], *, durable: bool = True) -> Awaitable[_T]:
        """What `work` gives, committed."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which callbacks. What is not given matters not."""

    statuses: Sequence[CallbackStatus] = ()
    type: str = ""
    call_id: str = ""
    url: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def where(self) -> ColumnElement[bool]:
        """As SQL."""
        given = {"type": self.type, "call_id": self.call_id, "url": self.url}
        wanted: list[ColumnElement[bool]] = [table.c[name] == value for name, value in given.items() if value]
        if self.statuses:
            wanted.append(table.c.status.in_(self.statuses))
        if self.since:
            wanted.append(table.c.created_at >= self.since)
        if self.until:
            wanted.append(table.c.created_at < self.until)
        return and_(true(), *wanted)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that asked for no more."""

    url: str
    disabled_at: datetime
    reason: str


class Outbox:
    """The callbacks of all calls. One object a process."""

    def __init__(self, database: Database, node: str, commit: Commit) -> None:
        self._database = database
        self._node = node
        self._commit = commit
        self._on_ready: Callable[[str], None] = lambda _: None

    def on_ready(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the id of each callback whose turn has come, or that is to be sent again."""
        self._on_ready = listener

    # -- sending --------------------------------------------------------------------------------------------------

    async def claim(self, callback_id: str) -> Claim | None:
        """Take a callback to send; None when it is settled, not its turn, or with a living node."""
        return await self._commit(partial(callbacks.claim, callback_id=callback_id, node=self._node), durable=False)

    async def settle(
        self, callback: CallbackRecord, delivery: Delivery, status: CallbackStatus, next_at: datetime | None = None
    ) -> None:
        """Record an attempt, where the callback stands after it, and when the next one is due."""
        await self._settle(
            partial(
                callbacks.settle,
                callback=callback,
                delivery=delivery,
                status=status,
                error=delivery.error,
                at=delivery.at,
                next_at=next_at,
            )
        )

    async def give_up(self, callback: CallbackRecord, reason: str, at: datetime) -> None:
        """Put it with the dead letters, unsent."""
        await self._settle(
            partial(callbacks.settle, callback=callback, delivery=None, status=CallbackStatus.DEAD, error=reason, at=at)
        )

    async def sendable(self) -> AsyncIterator[tuple[str, int]]:
        """Ids and attempts of all that this node is to send: its own, nobody's, and those of lost nodes."""
        after = ""
        while True:
            async with self._database.read() as connection:
                found = await callbacks.find_sendable(connection, node=self._node, after=after, limit=_PAGE)
            for one in found:
                yield one
            if len(found) < _PAGE:
                return
            after = found[-1][0]

    # -- the dead letters, and all others -------------------------------------------------------------------------

    async def page(
        self, which: Filter, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> Sequence[CallbackRecord]:
        """Callbacks, newest first; `before`: the time and id of the last one seen."""
        where = which.where
        if before:
            at, callback_id = before
            where &= or_(table.c.created_at < at, and_(table.c.created_at == at, table.c.id < callback_id))
        async with self._database.read() as connection:
            return await callbacks.page(connection, where, limit=limit)

    async def resend(self, callback_id: str) -> CallbackRecord | None:
        """Have one sent again, delivered or not, with all its retries; None: there is none. A pending one stays."""
        await self._resend(table.c.id == callback_id, 1)
        async with self._database.read() as connection:
            return await callbacks.find_callback(connection, callback_id)

    async def resend_dead(self, which: Filter, *, limit: int) -> Sequence[str]:
        """Have dead letters sent again, the oldest first: their ids."""
        return await self._resend(which.where & table.c.status.in_(UNDELIVERED), limit)

    async def disabled(self, limit: int = _PAGE) -> Sequence[Endpoint]:
        """The addresses that asked for no more, the latest first."""
        query = select(callback_endpoints.c.url, callback_endpoints.c.disabled_at, callback_endpoints.c.reason)
        query = query.order_by(callback_endpoints.c.disabled_at.desc(), callback_endpoints.c.url).limit(limit)
        async with self._database.read() as connection:
            return [Endpoint(*row) for row in await connection.execute(query)]

    async def enable(self, url: str) -> bool:
        """Send to an address again; False when it was not disabled. Its dead letters wait to be sent again."""
        gone = delete(callback_endpoints).where(callback_endpoints.c.url == url)

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(gone)).rowcount

        return bool(await self._commit(work))

    async def _resend(self, where: ColumnElement[bool], limit: int) -> Sequence[str]:
        ids = await self._commit(partial(callbacks.resend, where=where, limit=limit))
        for callback_id in ids:
            self._on_ready(callback_id)
        return ids

    async def _settle(self, work: Callable[..., Any]) -> None:
        following = await self._commit(work)
        if following:
            self._on_ready(following)
