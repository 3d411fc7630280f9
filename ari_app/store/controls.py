"""What is asked of live calls, for the nodes that have them: rows that are written on one node and carried out on
another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.database import Database
from ari_app.store.tables import controls

_LOOK_S = 0.05
_COLUMNS = (
    controls.c.id,
    controls.c.call_id,
    controls.c.kind,
    controls.c.data,
    controls.c.by,
    controls.c.at,
    controls.c.done_at,
    controls.c.error,
)


class Kind(StrEnum):
    """What can be asked of a call."""

    CANCEL = "cancel"
    """End it, for it is not wanted any more: `reason`."""
    HANG_UP = "hang_up"
    """End it."""
    LANGUAGE = "language"
    """Go on in another: `language`."""
    TRANSFER = "transfer"
    """Hand the caller to a person: `to`, in E.164."""
    GIVE_WAY = "give_way"
    """End a ringing, for who is rung is calling in: `call`, that call's id. Asked by Mercury itself."""


@dataclass(frozen=True, slots=True)
class ControlRecord:
    """Something that was asked of a call."""

    id: int
    call_id: str
    kind: Kind
    data: Mapping[str, object]
    by: str
    at: datetime
    done_at: datetime | None
    error: str
    """Why it was not done; "" otherwise."""


class ControlRows:
    """The rows. Raises SQLAlchemy's errors when the database does not answer."""

    def __init__(self, database: Database, wall: Callable[[], datetime]) -> None:
        self._database = database
        self._wall = wall

    async def ask(self, call_id: str, node: str, kind: Kind, data: Mapping[str, object], by: str) -> int:
        """Write down what is asked of a call that a node has: its serial number."""
        async with self._database.write() as connection:
            return await ask(connection, call_id=call_id, node=node, kind=kind, data=data, by=by, at=self._wall())

    async def open(self, node: str, limit: int) -> Sequence[ControlRecord]:
        """What a node has still to do, the oldest first."""
        query = select(*_COLUMNS).where(controls.c.node == node, controls.c.done_at.is_(None))
        async with self._database.read() as connection:
            return [_record(row) for row in await connection.execute(query.order_by(controls.c.id).limit(limit))]

    async def get(self, control_id: int) -> ControlRecord | None:
        """One of them, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(controls.c.id == control_id))).one_or_none()
        return _record(row) if row else None

    async def outcome(self, control_id: int, wait_s: float) -> ControlRecord:
        """It as it stands once it was seen to, or after so long. Raises `LookupError`."""
        until = asyncio.get_running_loop().time() + wait_s
        while True:
            found = await self.get(control_id)
            if found is None:
                raise LookupError(f"there is no control {control_id}")
            if found.done_at or asyncio.get_running_loop().time() >= until:
                return found
            await asyncio.sleep(_LOOK_S)

    async def give_up(self, node: str, error: str) -> None:
        """A node will not see to what it was asked any more."""
        over = update(controls).where(controls.c.node == node, controls.c.done_at.is_(None))
        async with self._database.write() as connection:
            await connection.execute(over.values(done_at=self._wall(), error=error))

    async def done(self, control_id: int, error: str = "") -> None:
        """It was carried out, or can't be."""
        over = update(controls).where(controls.c.id == control_id, controls.c.done_at.is_(None))
        async with self._database.write(durable=False) as connection:
            await connection.execute(over.values(done_at=self._wall(), error=error))


async def ask(
    connection: AsyncConnection,
    *,
    call_id: str,
    node: str,
    kind: Kind,
    data: Mapping[str, object],
    by: str,
    at: datetime,
) -> int:
    """Write it down, within a transaction of the caller's."""
    row = {"call_id": call_id, "node": node, "kind": kind, "data": dict(data), "by": by, "at": at}
    return int((await connection.execute(insert(controls).values(row).returning(controls.c.id))).scalar_one())


def _record(row: Any) -> ControlRecord:
    return ControlRecord(**{**row._mapping, "kind": Kind(row.kind)})
