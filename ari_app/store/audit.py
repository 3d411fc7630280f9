"""Who did what over the API: lines that are only ever added."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import insert, select

from ari_app.ops.logging import get_logger
from ari_app.store.database import Database
from ari_app.store.tables import audit

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One action, and what it was answered."""

    at: datetime
    actor: str
    """The bearer's name."""
    action: str
    """The operation, as the API's document names it."""
    target: str
    """What it was about: a call's id, an order's, a path."""
    status: int
    """HTTP status of the answer."""
    remote: str
    """Address that the request came from."""
    data: Mapping[str, object] = field(default_factory=dict)
    """Facts without numbers in full."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A line and its serial number."""

    id: int
    line: AuditLine


class Audit:
    """The lines. Those that come at once are written in one commit, which does not wait for the disk."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[AuditLine, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def note(self, line: AuditLine) -> None:
        """Add a line; returns once it is committed. Raises SQLAlchemy's errors when the database does not answer."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((line, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="audit")
        await written

    async def page(
        self, *, before: int | None = None, limit: int = 100, actor: str = "", target: str = ""
    ) -> Sequence[AuditRecord]:
        """The latest lines, newest first; `before` a serial number; of one actor, or about one target."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        if actor:
            query = query.where(audit.c.actor == actor)
        if target:
            query = query.where(audit.c.target == target)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return [AuditRecord(row["id"], AuditLine(**{k: v for k, v in row.items() if k != "id"})) for row in rows]

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                async with self._database.write(durable=False) as connection:
                    await connection.execute(insert(audit), [asdict(line) for line, _ in batch])
            except Exception as error:  # a task's root: each that waits is told
                for line, _ in batch:
                    _log.error("audit.not_written", actor=line.actor, action=line.action, target=line.target)
                for _, written in batch:
                    _settle(written, error)
            else:
                for _, written in batch:
                    _settle(written)


def _settle(written: asyncio.Future[None], error: Exception | None = None) -> None:
    if written.done():
        return
    if error:
        written.set_exception(error)
    else:
        written.set_result(None)
