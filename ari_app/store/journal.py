"""What calls note as they go on, committed together: what comes while the database is busy shares the next commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import bindparam, insert, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.records import CallEvent
from ari_app.store.tables import calls, events

Transact = Callable[[Callable[[AsyncConnection], Awaitable[None]]], Awaitable[None]]
"""Runs a transaction, to its end even if its caller is cancelled."""
_KEEP = update(calls).where(calls.c.id == bindparam("call")).values(session=bindparam("kept"))
_ADD = insert(events)


@dataclass(frozen=True, slots=True)
class Notes:
    """Of one call: lines of its history in their order, and its flow's session (JSON) where that has changed."""

    call_id: str
    events: Sequence[CallEvent] = ()
    session: str | None = None


class Journal:
    """Writes notes. One transaction at a time waits for its turn, and takes with it all that comes until it begins."""

    def __init__(self, transact: Transact) -> None:
        self._transact = transact
        self._last: _Batch | None = None

    async def write(self, notes: Notes) -> None:
        """Have them committed. Raises SQLAlchemy's errors and `TimeoutError`; notes of other calls spoil nothing."""
        batch = self._last
        if batch is None or not batch.takes_more:
            batch = self._last = _Batch(self._transact)
        batch.notes.append(notes)
        try:
            await asyncio.shield(batch.written)
        except OperationalError:
            raise
        except SQLAlchemyError:
            if len(batch.notes) == 1:
                raise
            await self._transact(partial(_insert, [notes]))


class _Batch:
    def __init__(self, transact: Transact) -> None:
        self.notes: list[Notes] = []
        self.written = asyncio.ensure_future(transact(self._write))
        self.written.add_done_callback(_forget)
        self._begun = False

    @property
    def takes_more(self) -> bool:
        return not (self._begun or self.written.done())

    async def _write(self, connection: AsyncConnection) -> None:
        self._begun = True
        await _insert(self.notes, connection)


async def _insert(notes: Sequence[Notes], connection: AsyncConnection) -> None:
    kept = {each.call_id: each.session for each in notes if each.session is not None}
    if kept:
        await connection.execute(_KEEP, [{"call": call_id, "kept": session} for call_id, session in kept.items()])
    lines = [
        {"call_id": each.call_id, "at": line.at, "kind": line.kind, "data": dict(line.data)}
        for each in notes
        for line in each.events
    ]
    if lines:
        await connection.execute(_ADD, lines)


def _forget(written: asyncio.Future[None]) -> None:
    """Those who wait for it are told; where none does any more, nobody is to be."""
    if not written.cancelled():
        written.exception()
