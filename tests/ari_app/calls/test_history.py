"""A call's notes: never in the way, kept while the database is away, bounded."""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import OperationalError

from ari_app.calls.history import History
from tests.ari_app.calls.fakes import NOON, MemoryStore
from tests.virtual_time import LoopClock, settle, virtual_time

AWAY = OperationalError("INSERT", {}, Exception("database is locked"))


def history(store: MemoryStore) -> History:
    return History("call_1", store, LoopClock(), lambda: NOON)


@virtual_time
async def test_lines_are_written_in_their_order_with_milliseconds_from_the_start() -> None:
    store = MemoryStore()
    notes = history(store)
    notes.note("first")
    await asyncio.sleep(1.25)
    notes.note("second", digit="1")
    notes.note("third", at=asyncio.get_running_loop().time() - 1)
    await notes.flush()
    assert [(event.kind, event.data) for event in store.events] == [
        ("first", {"ms": 0}),
        ("second", {"ms": 1250, "digit": "1"}),
        ("third", {"ms": 250}),
    ]


@virtual_time
async def test_lines_of_a_tenth_of_a_second_are_written_together() -> None:
    store = MemoryStore()
    notes = history(store)
    for number in range(10):
        notes.note("line", number=number)
        await asyncio.sleep(0.009)
    assert store.tries == 0
    await asyncio.sleep(0.02)
    assert (store.tries, len(store.events)) == (1, 10)


@virtual_time
async def test_what_is_noted_during_a_write_is_written_after_it() -> None:
    store = MemoryStore()
    store.held = asyncio.Event()
    notes = history(store)
    notes.note("first")
    notes.save_session("one")
    await asyncio.sleep(0.2)
    notes.note("second")
    notes.save_session("two")
    store.held.set()
    await notes.flush()
    assert store.kinds == ["first", "second"]
    assert store.sessions[-1] == "two"


@virtual_time
async def test_a_database_that_is_away_for_a_while_loses_nothing() -> None:
    store = MemoryStore()
    store.error = AWAY
    notes = history(store)
    notes.answered()
    notes.note("first")
    notes.save_session("one")
    await asyncio.sleep(0.75)
    assert store.tries == 3
    store.error = None
    await notes.flush()
    assert (store.kinds, store.sessions, store.answered_at) == (["first"], ["one"], [NOON])


@virtual_time
async def test_it_is_tried_anew_with_the_next_line_and_at_the_end() -> None:
    store = MemoryStore()
    store.error = AWAY
    notes = history(store)
    notes.note("first")
    await asyncio.sleep(60)
    assert store.tries == 4
    notes.note("second")
    await asyncio.sleep(60)
    assert store.tries == 8
    store.error = None
    await notes.flush()
    assert store.kinds == ["first", "second"]


@virtual_time
async def test_an_answer_that_was_written_is_not_written_again() -> None:
    store = MemoryStore()
    notes = history(store)
    notes.answered()
    await notes.flush()
    notes.note("first")
    await notes.flush()
    assert len(store.answered_at) == 1


@virtual_time
async def test_flush_does_not_wait_for_ever() -> None:
    store = MemoryStore()
    store.held = asyncio.Event()
    notes = history(store)
    notes.note("first")
    async with asyncio.timeout(5.001):
        await notes.flush(5)
    assert store.kinds == []
    store.held.set()
    await settle()
    assert store.kinds == ["first"]


@virtual_time
async def test_flush_does_not_wait_for_more_lines() -> None:
    store = MemoryStore()
    notes = history(store)
    notes.note("first")
    async with asyncio.timeout(0.001):
        await notes.flush()
    assert store.kinds == ["first"]


@virtual_time
async def test_nothing_is_written_before_the_call_is_on_record_or_if_it_never_is() -> None:
    for error in (None, AWAY):
        store, on_record = MemoryStore(), asyncio.Event()
        recorded = asyncio.create_task(_after(on_record, error))
        notes = History("call_1", store, LoopClock(), lambda: NOON, recorded=recorded)
        notes.note("first")
        await asyncio.sleep(1)
        assert store.tries == 0
        on_record.set()
        await notes.flush()
        assert store.kinds == ([] if error else ["first"])


@virtual_time
async def test_no_more_than_5000_lines_are_held() -> None:
    store = MemoryStore()
    store.error = AWAY
    notes = history(store)
    for number in range(5100):
        notes.note("line", number=number)
    store.error = None
    await notes.flush()
    assert len(store.events) == 5000 + 1
    assert store.events[4999].data["number"] == 4999
    assert (store.events[-1].kind, store.events[-1].data["lines"]) == ("history_dropped", 100)


async def _after(event: asyncio.Event, error: Exception | None) -> None:
    await event.wait()
    if error:
        raise error


@virtual_time
async def test_a_session_is_written_at_once_and_first() -> None:
    """The words that follow a session are heard later than it is kept."""
    store = MemoryStore()
    notes = history(store)
    notes.note("first")
    notes.save_session("one")
    await settle()
    assert (store.sessions, store.kinds) == (["one"], ["first"])
