"""SQLite's one writer: whose turn it is, and that nobody's wait is the event loop's."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ari_app.store.database import Database, Rank


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/calls.db")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE lines (line TEXT)"))
    yield database
    await database.close()


async def put(database: Database, line: str, rank: Rank = Rank.USUAL) -> None:
    async with database.write(rank=rank) as connection:
        await connection.execute(text("INSERT INTO lines VALUES (:line)"), {"line": line})


async def lines(database: Database) -> list[str]:
    async with database.read() as connection:
        return [row.line for row in await connection.execute(text("SELECT line FROM lines ORDER BY rowid"))]


async def test_what_somebody_waits_for_goes_before_what_came_earlier(database: Database) -> None:
    async with database.write():
        usual = [asyncio.create_task(put(database, f"usual {number}")) for number in range(3)]
        await asyncio.sleep(0)
        urgent = asyncio.create_task(put(database, "urgent", Rank.WAITED_FOR))
        await asyncio.sleep(0)
    await asyncio.gather(urgent, *usual)
    assert await lines(database) == ["urgent", "usual 0", "usual 1", "usual 2"]


async def test_one_that_waits_no_more_holds_up_nobody(database: Database) -> None:
    async with database.write():
        first, second, third = (asyncio.create_task(put(database, name)) for name in ("first", "second", "third"))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait_for(third, 5)
    await asyncio.gather(first, second, return_exceptions=True)
    assert await lines(database) == ["third"]


async def test_what_fails_is_taken_back_and_the_next_one_goes_on(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO lines VALUES ('half')"))
            raise LookupError("no such order")

    with pytest.raises(LookupError, match="no such order"):
        await fail()
    await put(database, "whole")
    assert await lines(database) == ["whole"]


async def test_the_loop_goes_on_while_another_process_has_the_lock(database: Database) -> None:
    assert database.file
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    written = asyncio.create_task(put(database, "ours"))
    turns = 0
    while turns < 20:
        await asyncio.sleep(0.005)
        turns += 1
    assert not written.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(written, 5)
    assert await lines(database) == ["ours"]


async def test_a_commit_that_is_waited_for_no_more_is_over_before_the_next_one_begins(database: Database) -> None:
    """Cancelled while it waits for the lock: nothing of it is left, and the next one is whole."""
    assert database.file
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    given_up = asyncio.create_task(put(database, "given up"))
    await asyncio.sleep(0.05)
    given_up.cancel()
    other.execute("COMMIT")
    other.close()
    await asyncio.gather(given_up, return_exceptions=True)
    await put(database, "next")
    assert await lines(database) == ["next"]


async def test_each_statement_lets_the_loop_turn(database: Database) -> None:
    turns: list[str] = []

    async def turn() -> None:
        while True:
            turns.append("turn")
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    async with database.write() as connection:
        before = len(turns)
        for _ in range(5):
            await connection.execute(text("SELECT 1"))
        assert len(turns) - before >= 5
    turning.cancel()


async def test_a_reader_writes_nothing(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(text("INSERT INTO lines VALUES ('x')"))
