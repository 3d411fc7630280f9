from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from ari_app.ari.dispatch import BacklogError, Call, Dispatcher
from ari_app.ari.listeners import Listeners

LISTENERS = Listeners()


def call(callback: Callable[..., object], *arguments: object) -> Call:
    return LISTENERS.add("Test", "", "", callback), arguments


async def settle() -> None:
    """Let everything that can run, run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_plain_functions_run_at_once_and_make_no_task() -> None:
    done: list[int] = []
    dispatcher = Dispatcher(limit=1)
    tasks = len(asyncio.all_tasks())
    dispatcher.put("a", [call(done.append, 1), call(done.append, 2)])
    assert done == [1, 2]
    assert len(asyncio.all_tasks()) == tasks


async def test_a_lane_keeps_its_order_while_others_go_on() -> None:
    done: list[str] = []
    go = asyncio.Event()

    async def slow(what: str) -> None:
        await go.wait()
        done.append(what)

    dispatcher = Dispatcher(limit=10)
    dispatcher.put("a", [call(slow, "a1"), call(done.append, "a1 plain")])
    dispatcher.put("a", [call(done.append, "a2")])
    dispatcher.put("a", [call(slow, "a3")])
    dispatcher.put("b", [call(done.append, "b1")])
    await settle()
    assert done == ["b1"]
    assert dispatcher.waiting == 3
    go.set()
    await settle()
    assert done == ["b1", "a1", "a1 plain", "a2", "a3"]
    assert dispatcher.waiting == 0


async def test_an_emptied_lane_is_idle_again() -> None:
    done: list[str] = []

    async def note(what: str) -> None:
        done.append(what)

    dispatcher = Dispatcher(limit=10)
    dispatcher.put("a", [call(note, "1")])
    await settle()
    dispatcher.put("a", [call(done.append, "2")])
    assert done == ["1", "2"]
    assert not dispatcher._lanes
    assert not dispatcher._tasks


async def test_a_callback_that_raises_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def plain() -> None:
        raise RuntimeError("plainly")

    async def later() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("later")

    dispatcher = Dispatcher(limit=10)
    dispatcher.put("a", [call(plain), call(later), call(plain), call(done.append, 1)])
    await settle()
    assert done == [1]
    assert [record.exc_info[1].args[0] for record in caplog.records if record.exc_info and record.exc_info[1]] == [
        "plainly",
        "later",
        "plainly",
    ]
    assert "plain for Test raised" in caplog.text


async def test_a_callback_closed_while_it_waits_is_not_called() -> None:
    done: list[str] = []
    go = asyncio.Event()
    dispatcher = Dispatcher(limit=10)
    closed = call(done.append, "closed")
    dispatcher.put("a", [call(go.wait), closed, call(done.append, "kept")])
    closed[0].close()
    go.set()
    await settle()
    assert done == ["kept"]


async def test_what_waits_is_bounded_and_can_be_dropped() -> None:
    done: list[int] = []
    go = asyncio.Event()
    dispatcher = Dispatcher(limit=2)
    dispatcher.put("a", [call(go.wait)])
    dispatcher.put("a", [call(done.append, 1), call(done.append, 2)])
    with pytest.raises(BacklogError, match="2 callbacks wait"):
        dispatcher.put("a", [call(done.append, 3)])
    dispatcher.put("b", [call(done.append, 4)])
    dispatcher.clear()
    dispatcher.put("a", [call(done.append, 5)])
    go.set()
    await settle()
    assert done == [4, 5]
    assert dispatcher.waiting == 0


async def test_a_callback_that_has_just_begun_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    go = asyncio.Event()
    dispatcher = Dispatcher(limit=10)
    dispatcher.put("a", [call(go.wait)])
    dispatcher.put("a", [call(print)])
    go.set()
    await settle()
    assert not caplog.records


async def test_a_callback_that_holds_others_up_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    go = asyncio.Event()
    dispatcher = Dispatcher(limit=10, slow_s=-1.0)
    with caplog.at_level(logging.WARNING):
        dispatcher.put("channel:a", [call(go.wait)])
        await settle()
        dispatcher.put("channel:a", [call(print)])
        dispatcher.put("channel:a", [call(print)])
    assert [record.getMessage()[:52] for record in caplog.records] == [
        "the callback Event.wait for Test has held channel:a "
    ]
    go.set()
    await settle()


async def test_closing_lets_callbacks_finish_then_cancels_them() -> None:
    ends: list[str] = []

    async def quick() -> None:
        await asyncio.sleep(0)
        ends.append("finished")

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("cancelled")

    dispatcher = Dispatcher(limit=10)
    dispatcher.put("a", [call(quick)])
    dispatcher.put("b", [call(endless)])
    await dispatcher.close(grace_s=0.01)
    await settle()
    assert ends == ["finished", "cancelled"]


async def test_a_callback_may_close_the_dispatcher_that_runs_it() -> None:
    dispatcher = Dispatcher(limit=10)
    closed = asyncio.Event()

    async def close() -> None:
        await dispatcher.close(grace_s=1.0)
        closed.set()

    dispatcher.put("a", [call(close)])
    async with asyncio.timeout(0.5):
        await closed.wait()
