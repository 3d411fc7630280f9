"""Orders and their end, on SQLite and PostgreSQL: a decision comes before a cancellation, or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from ari_app.store.calls import CallStore
from ari_app.store.controls import Kind
from ari_app.store.records import Direction, Status
from tests.ari_app.store.samples import new_call

_STEP_S = 0.01
"""From one round to the next the decision has so much more of a start: none, and more than it takes."""


async def live_call(store: CallStore, call_id: str, order_id: str) -> None:
    """One that talks."""
    call = new_call(call_id, direction=Direction.INBOUND, order_id=order_id, inputs={"order_id": order_id})
    await store.arrived(call, f"channel of {call_id}")
    await store.answered(call_id, datetime.now(UTC))


async def test_an_order_that_nobody_knows_is_none(store: CallStore) -> None:
    assert await store.orders.get("A1") is None


async def test_an_order_is_canceled_in_the_queue_and_asked_of_the_node_where_it_is_talked_about(
    store: CallStore,
) -> None:
    await store.create(new_call("call_queued", order_id="A1"))
    await live_call(store, "call_live", "A1")
    await live_call(store, "call_other", "A2")
    canceled = await store.orders.cancel("A1", "the customer cancelled", "jupiter")
    assert canceled.waiting == ["call_queued"]
    (asked,) = await store.controls.open("node-1", 10)
    assert [asked.id] == list(canceled.controls)
    assert (asked.call_id, asked.kind, asked.data) == ("call_live", Kind.CANCEL, {"reason": "the customer cancelled"})
    order = await store.orders.get("A1")
    assert order
    assert order.canceled
    assert (order.canceled.by, order.canceled.reason) == ("jupiter", "the customer cancelled")
    assert {call.id for call in order.calls} == {"call_queued", "call_live"}


async def test_a_late_key_can_not_revive_it(store: CallStore) -> None:
    await live_call(store, "call_live", "A1")
    await store.orders.cancel("A1", "", "jupiter")
    decision = await store.decide("call_live", "vendor_confirmation/A1", "confirmed", {})
    assert (decision.accepted, decision.canceled) == (False, True)
    order = await store.orders.get("A1")
    assert order
    assert order.decisions == []


async def test_what_was_decided_before_stands_and_its_call_is_left_alone(store: CallStore) -> None:
    await live_call(store, "call_live", "A1")
    await live_call(store, "call_second", "A1")
    await store.decide("call_live", "vendor_confirmation/A1", "confirmed", {"ready_in": 20})
    canceled = await store.orders.cancel("A1", "", "jupiter")
    assert [each.call_id for each in await store.controls.open("node-1", 10)] == ["call_second"]
    assert canceled.waiting == []
    order = await store.orders.get("A1")
    assert order
    assert [(one.call_id, one.outcome, one.data) for one in order.decisions] == [
        ("call_live", "confirmed", {"ready_in": 20})
    ]


async def test_the_first_cancellation_stands_and_another_asks_again(store: CallStore) -> None:
    await live_call(store, "call_live", "A1")
    await store.orders.cancel("A1", "first", "jupiter")
    await store.orders.cancel("A1", "second", "operator")
    order = await store.orders.get("A1")
    assert order
    assert order.canceled
    assert (order.canceled.by, order.canceled.reason) == ("jupiter", "first")
    assert len(await store.controls.open("node-1", 10)) == 2


async def test_an_order_can_be_canceled_before_any_call_of_it(store: CallStore) -> None:
    await store.orders.cancel("A1", "too late", "jupiter")
    order = await store.orders.get("A1")
    assert order
    assert (list(order.calls), order.canceled is not None) == ([], True)


async def test_a_key_and_a_cancellation_in_one_moment_are_never_both(store: CallStore) -> None:
    seen = set()
    for number in range(25):
        call_id, order_id = f"call_{number}", f"A{number}"
        await live_call(store, call_id, order_id)
        deciding = asyncio.create_task(store.decide(call_id, f"vendor_confirmation/{order_id}", "confirmed", {}))
        await asyncio.sleep(number % 5 * _STEP_S)
        canceled = await store.orders.cancel(order_id, "", "jupiter")
        decision, asked = await deciding, bool(canceled.controls)
        order = await store.orders.get(order_id)
        assert order
        assert decision.accepted == bool(order.decisions) == (not asked)
        seen.add(asked)
    assert seen == {True, False}


async def test_controls_are_done_once_and_kept(store: CallStore) -> None:
    await live_call(store, "call_live", "A1")
    serial = await store.controls.ask("call_live", "node-1", Kind.LANGUAGE, {"language": "en"}, "operator")
    assert (await store.controls.outcome(serial, 0)).done_at is None
    await store.controls.done(serial, "no such language")
    await store.controls.done(serial)
    found = await store.controls.outcome(serial, 1)
    assert (found.done_at is not None, found.error, found.by) == (True, "no such language", "operator")
    assert await store.controls.open("node-1", 10) == []
    record = await store.get("call_live")
    assert record
    assert record.status is Status.IN_PROGRESS
