"""The outbox on both databases: order, ownership, dead letters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, update

from ari_app.store.callbacks import Claim, add_event_callback, add_result
from ari_app.store.calls import CallStore
from ari_app.store.outbox import Filter
from ari_app.store.records import CallbackStatus, Delivery
from ari_app.store.result import ATTEMPT_ENDED, EVENT_TYPES, RESULT, RINGING
from ari_app.store.tables import nodes
from ari_app.store.terms import Terms
from tests.ari_app.store.samples import NOON, new_call

IN_ORDER = ["msg_1.1", "msg_1.2", "msg_1", "msg_1.4"]
DONE = Delivery(NOON, 204, "", 12)
FAILED = Delivery(NOON, 503, "answered 503 Service Unavailable", 12)


async def add(store: CallStore, kind: str, call_id: str = "call_1", **data: object) -> str | None:
    call = await store.get(call_id)
    assert call
    return await store._commit(partial(add_event_callback, call=call, kind=kind, data=data, at=NOON))


async def add_end(store: CallStore) -> str | None:
    call = await store.get("call_1")
    assert call
    return await store._commit(partial(add_result, call=call, decided_at=None, at=NOON))


async def create(store: CallStore, call_id: str = "call_1", events: tuple[str, ...] = EVENT_TYPES) -> None:
    await store.create(new_call(call_id, terms=Terms(events=events)))


async def claim(store: CallStore, callback_id: str) -> Claim:
    claimed = await store.outbox.claim(callback_id)
    assert claimed, f"{callback_id} can't be claimed"
    return claimed


async def settle(store: CallStore, callback_id: str, status: CallbackStatus, delivery: Delivery = DONE) -> None:
    await store.outbox.settle((await claim(store, callback_id)).callback, delivery, status)


async def sendable(store: CallStore) -> list[str]:
    return [callback_id async for callback_id, _ in store.outbox.sendable()]


async def bodies(store: CallStore) -> list[Mapping[str, Any]]:
    return [json.loads(callback.body) for callback in await store.callbacks_of("call_1")]


async def test_only_what_is_wanted_is_told_and_the_result_always(store: CallStore) -> None:
    await create(store, events=(RINGING,))
    assert await add(store, RINGING, ringing_for=1) == "msg_1.1"
    assert await add(store, ATTEMPT_ENDED) is None
    await add_end(store)
    ringing, result = await bodies(store)
    assert (ringing["type"], ringing["data"]["seq"], ringing["data"]["ringing_for"]) == (RINGING, 1, 1)
    assert (result["type"], result["data"]["seq"], result["data"]["call_id"]) == (RESULT, 2, "call_1")


async def test_without_an_address_nothing_is_told(store: CallStore) -> None:
    await store.create(new_call("call_1", callback_url="", terms=Terms(events=EVENT_TYPES)))
    assert await add(store, RINGING) is None
    assert not await store.callbacks_of("call_1")


async def test_ids_follow_the_order_and_the_result_keeps_its_own(store: CallStore) -> None:
    await create(store)
    await add(store, RINGING)
    await add(store, ATTEMPT_ENDED)
    await add_end(store)
    await add(store, ATTEMPT_ENDED)
    assert [callback.id for callback in await store.callbacks_of("call_1")] == [
        "msg_1.1",
        "msg_1.2",
        "msg_1",
        "msg_1.4",
    ]


async def test_one_is_sent_only_when_those_before_it_are_settled(store: CallStore) -> None:
    ready: list[str] = []
    store.outbox.on_ready(ready.append)
    await create(store)
    assert await add(store, RINGING) == "msg_1.1"
    assert await add(store, ATTEMPT_ENDED) is None, "there is one before it"
    assert await store.outbox.claim("msg_1.2") is None
    assert await sendable(store) == ["msg_1.1"]
    first = (await claim(store, "msg_1.1")).callback
    await store.outbox.settle(first, FAILED, CallbackStatus.PENDING, NOON + timedelta(seconds=5))
    assert await store.outbox.claim("msg_1.2") is None, "the one before it is to be tried again"
    await settle(store, "msg_1.1", CallbackStatus.DEAD)
    assert ready == ["msg_1.2"]
    assert (await claim(store, "msg_1.2")).callback.seq == 2


async def test_adders_and_settlers_at_once_leave_none_behind(store: CallStore) -> None:
    await create(store)
    handed: set[str] = set()
    store.outbox.on_ready(handed.add)

    async def add_all() -> None:
        for _ in range(15):
            handed.update(filter(None, [await add(store, RINGING)]))

    adding = asyncio.create_task(add_all())
    order: list[str] = []
    async with asyncio.timeout(20):
        while len(order) < 15:
            if handed:
                callback_id = handed.pop()
                await settle(store, callback_id, CallbackStatus.DELIVERED)
                order.append(callback_id)
            await asyncio.sleep(0)
    await adding
    assert order == [f"msg_1.{n}" for n in range(1, 16)]


async def test_a_repeated_attempt_is_known_with_its_time(store: CallStore) -> None:
    await create(store)
    await add(store, RINGING)
    first = await claim(store, "msg_1.1")
    assert (first.last_at, first.disabled, first.callback.node) == (None, "", "node-1")
    await store.outbox.settle(first.callback, FAILED, CallbackStatus.PENDING, NOON + timedelta(seconds=5))
    again = await claim(store, "msg_1.1")
    assert again.last_at == NOON
    assert again.callback.next_at == NOON + timedelta(seconds=5)
    assert (again.callback.attempts, again.callback.last_error) == (1, FAILED.error)


async def test_gone_disables_the_address_until_it_is_enabled(store: CallStore) -> None:
    await create(store)
    await create(store, "call_2")
    await add(store, RINGING)
    await add(store, RINGING, "call_2")
    await settle(store, "msg_1.1", CallbackStatus.GONE, Delivery(NOON, 410, "answered 410 Gone", 3))
    (disabled,) = await store.outbox.disabled()
    second = await claim(store, "msg_2.1")
    assert second.disabled == disabled.reason == "answered 410 Gone"
    await store.outbox.give_up(second.callback, f"disabled: {second.disabled}", NOON)
    dead = await store.callback("msg_2.1")
    assert dead
    assert (dead.status, dead.attempts, dead.ended_at) == (CallbackStatus.DEAD, 0, NOON)
    assert not await store.deliveries("msg_2.1")
    assert await store.outbox.enable(disabled.url)
    assert not await store.outbox.enable(disabled.url)
    resent = await store.outbox.resend_dead(Filter(), limit=10)
    assert sorted(resent) == ["msg_1.1", "msg_2.1"]
    assert not (await claim(store, "msg_2.1")).disabled


async def test_what_is_resent_has_all_its_retries_and_comes_before_its_followers(store: CallStore) -> None:
    await create(store)
    await add(store, RINGING)
    await add(store, ATTEMPT_ENDED)
    await settle(store, "msg_1.1", CallbackStatus.DEAD, FAILED)
    again = await store.outbox.resend("msg_1.1")
    assert again
    assert (again.status, again.attempts) == (CallbackStatus.PENDING, 0)
    assert await store.outbox.claim("msg_1.2") is None
    assert len(await store.deliveries("msg_1.1")) == 1, "what was tried before stays on record"
    assert await store.outbox.resend("msg_9") is None


async def test_a_dead_letter_is_found_by_what_it_is(store: CallStore) -> None:
    for n in range(5):
        await create(store, f"call_{n}")
        await add(store, RINGING, f"call_{n}")
        await settle(store, f"msg_{n}.1", CallbackStatus.DEAD if n % 2 else CallbackStatus.DELIVERED)
    dead = Filter(statuses=(CallbackStatus.DEAD,))
    (latest,) = await store.outbox.page(dead, limit=1)
    (earlier,) = await store.outbox.page(dead, limit=5, before=(latest.created_at, latest.id))
    assert (latest.id, earlier.id) == ("msg_3.1", "msg_1.1")
    assert not await store.outbox.page(Filter(statuses=(CallbackStatus.DEAD,), type=RESULT), limit=5)
    assert not await store.outbox.page(Filter(since=NOON + timedelta(days=9999)), limit=5)
    assert await store.outbox.resend_dead(Filter(), limit=1) == ["msg_1.1"], "the oldest first, and no more than asked"


@pytest.fixture
async def other(any_url: str, store: CallStore) -> Any:
    """A second node on the same records."""
    other = await CallStore.open(any_url, node="node-2")
    yield other
    await other.close()


async def test_a_living_nodes_is_left_to_it_and_a_lost_nodes_is_taken(store: CallStore, other: CallStore) -> None:
    await create(store)
    await add(store, RINGING)
    mine = (await claim(store, "msg_1.1")).callback
    assert await other.outbox.claim("msg_1.1") is None
    assert await sendable(other) == []
    row = {"name": "node-1", "epoch": 1, "beat": 0, "lost": False, "seen_at": NOON, "started_at": NOON}
    async with store._database.write() as connection:
        await connection.execute(insert(nodes).values(row))
    assert await sendable(other) == []
    async with store._database.write() as connection:
        await connection.execute(update(nodes).values(lost=True))
    assert await sendable(other) == ["msg_1.1"]
    assert (await claim(other, "msg_1.1")).callback.node == "node-2"
    await store.outbox.settle(mine, FAILED, CallbackStatus.DEAD)
    kept = await other.callback("msg_1.1")
    assert kept
    assert kept.status is CallbackStatus.PENDING, "the stale node wrote"
    assert not await other.deliveries("msg_1.1")


async def test_of_two_nodes_that_claim_at_once_one_has_it(store: CallStore, other: CallStore) -> None:
    await create(store)
    for _ in range(5):
        callback_id = await add(store, RINGING)
        assert callback_id
        claims = await asyncio.gather(store.outbox.claim(callback_id), other.outbox.claim(callback_id))
        (won,) = [claimed for claimed in claims if claimed]
        await (store if won.callback.node == "node-1" else other).outbox.settle(
            won.callback, DONE, CallbackStatus.DELIVERED
        )
