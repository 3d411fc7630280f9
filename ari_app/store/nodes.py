"""The nodes that share the records, and which life of a node may write: each within one transaction of its caller's.

A node joins with a new epoch. Whoever writes with another than the present one is stale (it was frozen, and a peer has
taken over what it had; or a second process took its name) and is refused: the classic fencing token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.database import insert_new
from ari_app.store.tables import nodes


class FencedError(Exception):
    """This life of the node is over: another has taken what it had, and nothing it says counts any more."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it stands."""

    name: str
    epoch: int
    beat: int
    """Grows while it lives."""
    lost: bool
    """Declared lost by a peer, and not back since."""


async def join(connection: AsyncConnection, name: str, at: datetime) -> int:
    """Begin a life: its epoch."""
    row = {"name": name, "epoch": 1, "beat": 0, "lost": False, "seen_at": at, "started_at": at}
    if await insert_new(connection, nodes, row):
        return 1
    begun = update(nodes).where(nodes.c.name == name)
    begun = begun.values(epoch=nodes.c.epoch + 1, beat=nodes.c.beat + 1, lost=False, seen_at=at, started_at=at)
    return int((await connection.execute(begun.returning(nodes.c.epoch))).scalar_one())


async def beat(connection: AsyncConnection, name: str, epoch: int, at: datetime) -> None:
    """Show that it lives. Raises `FencedError`."""
    alive = update(nodes).where(nodes.c.name == name, nodes.c.epoch == epoch, ~nodes.c.lost)
    if not (await connection.execute(alive.values(beat=nodes.c.beat + 1, seen_at=at))).rowcount:
        raise FencedError(f"node {name}, life {epoch}, was declared lost or began anew")


async def check(connection: AsyncConnection, name: str, epoch: int) -> None:
    """Hold this life against a take-over until the end of the transaction. Raises `FencedError`."""
    query = select(nodes.c.epoch, nodes.c.lost).where(nodes.c.name == name).with_for_update(read=True)
    row = (await connection.execute(query)).one_or_none()
    if row is None or row.epoch != epoch or row.lost:
        raise FencedError(
            f"node {name}, life {epoch}, may write no more: {row.epoch if row else 'none'} is the present"
        )


async def take_over(connection: AsyncConnection, name: str, epoch: int, at: datetime) -> bool:
    """Declare a peer's life over; False when it was already."""
    over = update(nodes).where(nodes.c.name == name, nodes.c.epoch == epoch, ~nodes.c.lost)
    return bool((await connection.execute(over.values(epoch=epoch + 1, lost=True, seen_at=at))).rowcount)


async def is_lost(connection: AsyncConnection, name: str) -> bool:
    """Whether it was declared lost and is not back; it does not come back before the end of the transaction."""
    query = select(nodes.c.lost).where(nodes.c.name == name).with_for_update(read=True)
    return bool((await connection.execute(query)).scalar())


async def find_all(connection: AsyncConnection) -> Sequence[Node]:
    """All nodes, by name."""
    columns = (nodes.c.name, nodes.c.epoch, nodes.c.beat, nodes.c.lost)
    return [Node(*row) for row in await connection.execute(select(*columns).order_by(nodes.c.name))]
