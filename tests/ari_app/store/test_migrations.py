from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects import sqlite

from ari_app.store.calls import CallStore
from ari_app.store.database import Database
from ari_app.store.tables import UtcDateTime, metadata
from tests.ari_app.store.samples import new_call

pytestmark = pytest.mark.usefixtures("real_migrations")


def differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_the_migrations_make_just_the_tables(store: CallStore, any_url: str) -> None:
    engine = create_engine(any_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


async def test_stores_that_open_at_once_migrate_once(any_url: str) -> None:
    stores = await asyncio.gather(*(CallStore.open(any_url, node=f"node-{n}") for n in range(4)))
    for store in stores:
        await store.create(new_call("call_1"))
        await store.close()


async def test_what_was_written_is_there_after_a_restart(any_url: str) -> None:
    first = await CallStore.open(any_url, node="node-1")
    written = await first.create(new_call("call_1"))
    await first.close()
    second = await CallStore.open(any_url, node="node-1")
    assert await second.get("call_1") == written
    await second.close()


async def test_sqlite_is_set_for_safety(sqlite_store: CallStore, url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        settings = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    async with database.write(durable=False) as connection:
        relaxed = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()
    await database.close()
    assert settings == ["wal", 2, 1, 10_000]
    assert relaxed == 1


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_cannot_serve_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="store_url"):
        Database(url)


def test_moments_keep_their_zone(tmp_path: Path) -> None:
    kept, dialect = UtcDateTime(), sqlite.dialect()
    india = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert kept.process_bind_param(india, dialect) == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        kept.process_bind_param(datetime(2026, 3, 1), dialect)  # noqa: DTZ001
