"""Notes of many calls in one commit, and what is wrong with one call's spoils nothing of the others'."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.store.calls import CallStore
from ari_app.store.journal import Journal, Notes
from ari_app.store.records import CallEvent
from tests.ari_app.store.samples import NOON, new_call

AWAY = OperationalError("INSERT", {}, Exception("database is locked"))


def line(kind: str) -> CallEvent:
    return CallEvent(NOON, kind, {})


class Commits:
    """Holds each transaction until it is let go, and counts them."""

    def __init__(self, store: CallStore) -> None:
        self.database = store._database
        self.go = asyncio.Event()
        self.count = 0
        self.error: Exception | None = None

    async def __call__(self, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        await self.go.wait()
        self.count += 1
        if self.error:
            raise self.error
        async with self.database.write() as connection:
            await work(connection)


async def test_notes_that_come_while_the_database_is_busy_share_the_next_commit(store: CallStore) -> None:
    for number in range(3):
        await store.create(new_call(f"call_{number}"))
    commits = Commits(store)
    journal = Journal(commits)
    writing = [
        asyncio.create_task(journal.write(Notes(f"call_{number}", [line("said"), line("key")], f'{{"n": {number}}}')))
        for number in range(3)
    ]
    await asyncio.sleep(0)
    commits.go.set()
    await asyncio.gather(*writing)
    assert commits.count == 1
    for number in range(3):
        assert [event.kind for event in await store.events(f"call_{number}")] == ["said", "key"]
        assert await store.session(f"call_{number}") == f'{{"n": {number}}}'
    await journal.write(Notes("call_0", [line("later")]))
    assert commits.count == 2
    assert await store.session("call_0") == '{"n": 0}', "a line alone leaves the session as it is"


async def test_what_is_wrong_with_one_calls_notes_is_told_to_that_call_alone(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    commits = Commits(store)
    journal = Journal(commits)
    good = asyncio.create_task(journal.write(Notes("call_1", [line("said")])))
    bad = asyncio.create_task(journal.write(Notes("call_nobody", [line("said")])))
    await asyncio.sleep(0)
    commits.go.set()
    told = await asyncio.gather(good, bad, return_exceptions=True)
    assert told[0] is None
    assert isinstance(told[1], IntegrityError)
    assert [event.kind for event in await store.events("call_1")] == ["said"]


async def test_a_database_that_is_away_is_told_to_all_and_asked_once(store: CallStore) -> None:
    commits = Commits(store)
    commits.error = AWAY
    journal = Journal(commits)
    writing = [asyncio.create_task(journal.write(Notes("call_1", [line("said")]))) for _ in range(3)]
    await asyncio.sleep(0)
    commits.go.set()
    assert await asyncio.gather(*writing, return_exceptions=True) == [AWAY] * 3
    assert commits.count == 1


async def test_one_that_is_cancelled_leaves_the_others_their_commit(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    commits = Commits(store)
    journal = Journal(commits)
    first, second = (asyncio.create_task(journal.write(Notes("call_1", [line(kind)]))) for kind in ("first", "second"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    commits.go.set()
    await second
    assert [event.kind for event in await store.events("call_1")] == ["first", "second"], "it was noted: it is kept"
