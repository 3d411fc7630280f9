"""The database: SQLite (one writer, many readers) or PostgreSQL, by URL."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import Table
from sqlalchemy.util import await_only

from ari_app.store.inline_sqlite import DRIVER as INLINE
from ari_app.store.inline_sqlite import InlineConnection

_ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_BUSY_S = 10
"""Longest wait for SQLite's lock, or for a connection."""
_READERS = 4
_IDLE = "-c idle_in_transaction_session_timeout=8000"
"""Milliseconds: shorter than a node's lease, longer than any transaction of ours waits for its own process."""
_WAL_PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_MIGRATION_LOCK = 0x4D455243
"""Key of PostgreSQL's advisory lock: nodes that start together migrate one after the other."""
_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class Rank(IntEnum):
    """Who is first at SQLite's one writer."""

    WAITED_FOR = 0
    """Somebody on the line, or a deadline, waits until it is done."""
    USUAL = 1


class Database:
    """Two doors: `write` (one transaction at a time on SQLite) and `read`. Neither blocks the event loop."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in _ASYNC_DRIVERS:
            raise ValueError(f"store_url: expected sqlite or postgresql, got {backend}")
        self._sqlite = backend == "sqlite"
        self.file = Path(parsed.database) if self._sqlite and parsed.database else None
        """SQLite's."""
        self._writers, self._readers = _engines(parsed.set(drivername=_ASYNC_DRIVERS[backend]))
        self._turns = _Turns()

    async def open(self) -> None:
        """Bring the schema up to date; safe when several processes do so at once."""
        async with self._writers.begin() as connection:
            if not self._sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Close all connections."""
        await self._writers.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def write(self, *, durable: bool = True, rank: Rank = Rank.USUAL) -> AsyncIterator[AsyncConnection]:
        """A write transaction, committed at the end of the block.

        `durable` False may lose it to a power cut (not to a crash of the process), and need not wait for the disk;
        a durable commit makes the ones before it durable too. Raises `TimeoutError` when its turn does not come.
        """
        if not self._sqlite:
            async with self._writers.begin() as connection:
                if not durable:
                    await connection.execute(text("SET LOCAL synchronous_commit TO off"))
                yield connection
            return
        async with self._turns.turn(rank), self._writers.connect() as connection:
            await connection.execution_options(mercury_durable=durable)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read transaction."""
        async with self._readers.begin() as connection:
            yield connection


class _Turns:
    """One at a time, by rank, then in the order of asking."""

    def __init__(self) -> None:
        self._taken = False
        self._line: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self._serial = itertools.count()

    @asynccontextmanager
    async def turn(self, rank: Rank) -> AsyncIterator[None]:
        """Holds the turn for the block. Raises `TimeoutError`."""
        if self._taken:
            await self._wait(rank)
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, rank: Rank) -> None:
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (rank, next(self._serial), mine))
        try:
            async with asyncio.timeout(_BUSY_S):
                await mine
        except BaseException:
            if not mine.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        self._taken = False
        while self._line and not self._taken:
            _, _, waiting = heapq.heappop(self._line)
            self._taken = not waiting.done()
            if self._taken:
                waiting.set_result(None)


async def insert_new(connection: AsyncConnection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row; False, and nothing done, where one of its unique keys exists already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(values).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return (await connection.execute(insert)).one_or_none() is not None


def unfrozen(url: URL) -> URL:
    """PostgreSQL's: a node that freezes amid a transaction loses it, and with it the locks that its peers wait for."""
    if url.get_backend_name() != "postgresql":
        return url
    given = url.query.get("options", "")
    options = [given] if isinstance(given, str) else [*given]
    return url.update_query_dict({"options": " ".join([*filter(None, options), _IDLE])})


def _engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    if url.get_backend_name() != "sqlite":
        engine = create_async_engine(
            unfrozen(url), json_serializer=_dumps, pool_size=10, pool_timeout=_BUSY_S, pool_pre_ping=True
        )
        return engine, engine
    if not url.database or url.database == ":memory:":
        raise ValueError("store_url: SQLite needs a file, e.g. sqlite:////var/lib/mercury/calls.db")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    pool = partial(create_async_engine, json_serializer=_dumps, max_overflow=0, pool_timeout=_BUSY_S)
    writers, readers = pool(url.set(drivername=INLINE), pool_size=1), pool(url, pool_size=_READERS)
    event.listen(writers.sync_engine, "connect", _prepare)
    event.listen(writers.sync_engine, "begin", _begin_write)
    event.listen(readers.sync_engine, "connect", _prepare_reader)
    event.listen(readers.sync_engine, "begin", _begin_read)
    return writers, readers


def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """SQLite's transactions are begun by us alone: its driver's own would begin too late, and deferred."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_S * 1000}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
    entry.info["durable"] = True


def _write_ahead(cursor: DBAPICursor) -> None:
    """Only the first of those that open a new file at once can turn it over; SQLite lets none of them wait for that."""
    for pause_s in (*_WAL_PAUSES_S, None):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if pause_s is None:
                raise
            await_only(asyncio.sleep(random.uniform(pause_s / 2, pause_s)))  # noqa: S311
        else:
            return


def _prepare_reader(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _prepare(connection, entry)
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _begin_write(connection: Connection) -> None:
    durable = connection.get_execution_options().get("mercury_durable", True)
    if connection.info["durable"] is not durable:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    cast(InlineConnection, connection.connection.dbapi_connection).begin()


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
