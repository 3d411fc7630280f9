"""The versions of flows: kept before any call runs on them, so that a saved session finishes on its own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ari_app.ops.logging import get_logger
from ari_app.store.database import Database, insert_new
from ari_app.store.tables import flow_versions
from ivr_flows.model import Flow
from ivr_flows.versions import VersionError, kept, rebuilt

_log = get_logger(__name__)
_MOST_HELD = 64


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is kept."""

    name: str
    hash: str
    first_seen: datetime


class FlowVersions:
    """Reads and writes them. Raises SQLAlchemy's errors when the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: OrderedDict[str, Flow] = OrderedDict()

    async def keep(self, flows: Iterable[Flow], at: datetime) -> None:
        """Keep those that are new, all in one commit."""
        new = [flow for flow in flows if flow.hash not in self._held]
        rows = await asyncio.to_thread(
            lambda: [{"hash": flow.hash, "name": flow.name, "body": kept(flow), "first_seen": at} for flow in new]
        )
        if rows:
            async with self._database.write() as connection:
                for row in rows:
                    await insert_new(connection, flow_versions, row)
        for flow in new:
            self._hold(flow)

    async def get(self, name: str, hash_: str) -> Flow | None:
        """The flow as it was; None where this version was never kept, or can't be read any more (logged)."""
        if held := self._held.get(hash_):
            return held if held.name == name else None
        query = select(flow_versions.c.body).where(flow_versions.c.hash == hash_, flow_versions.c.name == name)
        async with self._database.read() as connection:
            body = (await connection.execute(query)).scalar_one_or_none()
        if body is None:
            return None
        try:
            flow = await asyncio.to_thread(rebuilt, name, hash_, body)
        except VersionError as error:
            _log.exception("flow_version.unreadable", flow=name, hash=hash_, error=str(error))
            return None
        self._hold(flow)
        return flow

    async def list(self, name: str = "", hash_prefix: str = "") -> Sequence[Version]:
        """What is kept, of one flow or of all, the newest first."""
        query = select(flow_versions.c.name, flow_versions.c.hash, flow_versions.c.first_seen)
        if name:
            query = query.where(flow_versions.c.name == name)
        if hash_prefix:
            query = query.where(flow_versions.c.hash.startswith(hash_prefix, autoescape=True))
        query = query.order_by(flow_versions.c.first_seen.desc(), flow_versions.c.name)
        async with self._database.read() as connection:
            return [Version(*row) for row in await connection.execute(query)]

    def _hold(self, flow: Flow) -> None:
        self._held[flow.hash] = flow
        while len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)
