"""SQLite for the event loop: a statement runs where it is asked for, and only what can wait has a thread.

Once a transaction has begun, a statement of ours takes tens of microseconds. Handing each to a thread and back costs
several times that, and milliseconds where the loop and other threads contend for the interpreter: transactions then
queue up at SQLite's one writer. What waits for a lock or for the disk (BEGIN IMMEDIATE, COMMIT, ROLLBACK) is done by
the connection's own thread, and between two statements the loop has its turn.

A dialect of SQLAlchemy, for `sqlite+inline://` (`create_async_engine`). Not for long reads: they hold up the loop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, AsyncAdaptedQueuePool, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import await_only

DRIVER = "sqlite+inline"
_T = TypeVar("_T")


class InlineConnection(sqlite3.Connection):
    """A connection of one task at a time, within SQLAlchemy's greenlet."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    def begin(self) -> None:
        """Begin to write, once no other process does. Raises `sqlite3.OperationalError` when that takes too long."""
        self._apart(sqlite3.Cursor(self).execute, "BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit; waits for the disk."""
        self._apart(super().commit)

    def rollback(self) -> None:
        """Take back what was done since `begin`."""
        self._apart(super().rollback)

    def close(self) -> None:
        """Close it, and end its thread."""
        self._thread.shutdown(wait=True)
        super().close()

    def cursor(self, factory: type[sqlite3.Cursor] | None = None) -> sqlite3.Cursor:  # type: ignore[override]
        """One whose statements let the loop turn first."""
        return super().cursor(factory or _Cursor)

    def _apart(self, work: Callable[..., _T], *args: Any) -> _T:
        return await_only(asyncio.get_running_loop().run_in_executor(self._thread, work, *args))


class _Cursor(sqlite3.Cursor):
    def execute(self, *args: Any) -> Self:
        await_only(asyncio.sleep(0))
        return super().execute(*args)

    def executemany(self, *args: Any) -> Self:
        await_only(asyncio.sleep(0))
        return super().executemany(*args)

    async def _async_soft_close(self) -> None:
        """Asked of every cursor by SQLAlchemy; what it read is here already."""


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own dialect of sqlite3, on such connections."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Python's own driver."""
        return sqlite3

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Tasks wait for a connection, not threads."""
        return AsyncAdaptedQueuePool

    def connect(self, *args: Any, **options: Any) -> InlineConnection:  # type: ignore[override]
        """Open the file."""
        return sqlite3.connect(*args, factory=InlineConnection, **options)


registry.register("sqlite.inline", __name__, Dialect.__name__)
