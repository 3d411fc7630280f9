from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from ari_app.dialer.gate import OpenGate
from ari_app.store.calls import CallStore, IdempotencyConflictError, UnknownCallError
from ari_app.store.queue import Begin, Standing
from ari_app.store.records import CallEvent, Decision, Direction, Status
from tests.ari_app.store.samples import NOON, End, new_call


async def test_a_call_is_recorded_as_given(store: CallStore) -> None:
    record = await store.create(new_call("call_1", metadata={"shift": 2}))
    assert record == await store.get("call_1")
    assert (record.status, record.node, record.to, record.metadata) == (
        Status.QUEUED,
        "node-1",
        "+919812345678",
        {"shift": 2},
    )
    assert record.inputs["vendor"] == "शर्मा"
    assert await store.get("call_2") is None


async def test_an_inbound_call_begins_ringing(store: CallStore) -> None:
    record = await store.create(new_call("call_1", direction=Direction.INBOUND))
    assert record.status is Status.RINGING


async def test_a_hundred_of_one_key_are_one_call(store: CallStore) -> None:
    calls = [new_call(f"call_{n}", idempotency_key="k", request_hash="h") for n in range(100)]
    records = await asyncio.gather(*map(store.create, calls))
    assert len({record.id for record in records}) == 1
    assert len(await store.list_recent(200)) == 1


async def test_a_key_with_another_request_is_refused(store: CallStore) -> None:
    await store.create(new_call("call_1", idempotency_key="k", request_hash="h"))
    with pytest.raises(IdempotencyConflictError, match="call_1"):
        await store.create(new_call("call_2", idempotency_key="k", request_hash="other"))
    assert await store.get("call_2") is None


async def test_calls_without_a_key_are_each_their_own(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.create(new_call("call_2"))
    assert [record.id for record in await store.list_recent()] == ["call_2", "call_1"]


async def test_a_status_goes_forward_only(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    assert await store.change_status("call_1", Status.RINGING, NOON)
    assert await store.answered("call_1", NOON)
    assert not await store.change_status("call_1", Status.RINGING, NOON)
    assert not await store.answered("call_1", NOON + timedelta(seconds=1))
    record = await store.get("call_1")
    assert record
    assert (record.status, record.answered_at) == (Status.IN_PROGRESS, NOON)
    assert [event.data for event in await store.events("call_1")] == [{"status": "ringing"}, {"status": "in-progress"}]


async def test_an_end_needs_finish(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    with pytest.raises(ValueError, match="finish"):
        await store.change_status("call_1", Status.BUSY, NOON)


async def test_an_attempt_is_begun_once(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    ask = Begin("call_1", 1, "channel-1", "node-1", 0, 100.0, 10)
    turns = await asyncio.gather(*(store.begin_attempt(ask, OpenGate()) for _ in range(5)))
    assert sorted(turn.standing for turn in turns) == [Standing.BEGUN] + [Standing.SETTLED] * 4
    record = await store.get("call_1")
    assert record
    assert (record.channel_id, record.attempt_no, record.due_at) == ("channel-1", 1, None)
    assert len(await store.attempts_of("call_1")) == 1


async def test_a_call_that_came_in_is_recorded_with_its_channel(store: CallStore) -> None:
    await store.arrived(new_call("call_1", direction=Direction.INBOUND), "170000.1")
    record = await store.get("call_1")
    assert record
    assert (record.channel_id, record.node, record.status) == ("170000.1", "node-1", Status.RINGING)


async def test_nothing_is_written_of_an_unknown_call(store: CallStore) -> None:
    with pytest.raises(IntegrityError):
        await store.event("call_0", "x", {})
    with pytest.raises(UnknownCallError, match="call_0"):
        await store.finish("call_0", End(), 16, NOON)


async def test_history_is_kept_in_order(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.add_events(
        "call_1", [CallEvent(NOON, "said", {"text": "नमस्ते"}), CallEvent(NOON, "key", {"digit": "1"})]
    )
    await store.event("call_1", "ended", {"cause": 16})
    assert [event.kind for event in await store.events("call_1")] == ["said", "key", "ended"]
    assert [event.kind for event in await store.events("call_1", limit=1)] == ["ended"]
    assert (await store.events("call_1"))[0] == CallEvent(NOON, "said", {"text": "नमस्ते"})


async def test_a_session_is_kept(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.add_events("call_1", (), '{"step": "minutes"}')
    record = await store.get("call_1")
    assert record
    assert json.loads(record.session) == {"step": "minutes"}


async def test_a_decision_comes_with_its_result(store: CallStore) -> None:
    told: list[str] = []
    store.on_callback(told.append)
    await store.create(new_call("call_1"))
    decision = await store.decide("call_1", "order", "confirmed", {"minutes": 20})
    assert decision == Decision(accepted=True, outcome="confirmed")
    (callback,) = await store.pending_callbacks()
    assert told == [callback.id] == ["msg_1"]
    assert json.loads(callback.body)["data"]["data"] == {"minutes": 20}
    assert json.loads(callback.body)["data"]["decided_at"]


async def test_the_end_of_a_decided_call_sends_nothing_more(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.decide("call_1", "order", "confirmed", {"minutes": 20})
    record = await store.finish("call_1", End(outcome="unclear", data={"minutes": 5, "turns": 3}), 16, NOON)
    assert (record.outcome, record.data) == ("confirmed", {"minutes": 20, "turns": 3})
    assert len(await store.callbacks_of("call_1")) == 1


async def test_an_undecided_call_has_its_result_at_the_end(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    record = await store.finish("call_1", End(Status.BUSY, "busy", "busy"), 17, NOON)
    again = await store.finish("call_1", End(Status.FAILED, "failed", "x"), 0, NOON)
    assert again == record == await store.get("call_1")
    (callback,) = await store.pending_callbacks()
    sent = json.loads(callback.body)["data"]
    assert (sent["status"], sent["outcome"], sent["cause"], sent["decided_at"]) == ("busy", "busy", 17, None)
    assert [event.kind for event in await store.events("call_1")] == ["finished"]


async def test_a_call_that_wants_no_result_has_none(store: CallStore) -> None:
    await store.create(new_call("call_1", callback_url=""))
    await store.decide("call_1", "order", "confirmed", {})
    await store.finish("call_1", End(), 16, NOON)
    assert await store.pending_callbacks() == []


async def test_the_first_decision_of_an_order_stands(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.create(new_call("call_2"))
    decisions = await asyncio.gather(
        store.decide("call_1", "order", "confirmed", {}), store.decide("call_2", "order", "rejected", {})
    )
    assert [decision.accepted for decision in decisions].count(True) == 1
    (winner,) = {decision.outcome for decision in decisions}
    await store.finish("call_1", End(), 16, NOON)
    await store.finish("call_2", End(outcome="unclear"), 16, NOON)
    sent = [json.loads(callback.body)["data"]["outcome"] for callback in await store.pending_callbacks()]
    assert len(sent) == 2
    assert winner in sent


async def test_a_repeated_decision_is_accepted_again_and_a_changed_one_is_not(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.decide("call_1", "order", "confirmed", {})
    assert await store.decide("call_1", "order", "confirmed", {}) == Decision(accepted=True, outcome="confirmed")
    assert await store.decide("call_1", "order", "rejected", {}) == Decision(accepted=False, outcome="confirmed")
    assert len(await store.pending_callbacks()) == 1


async def test_a_call_that_has_ended_decides_nothing(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    await store.finish("call_1", End(outcome="abandoned"), 16, NOON)
    assert await store.decide("call_1", "order", "confirmed", {}) == Decision(accepted=False, outcome="abandoned")


async def test_a_decision_and_a_hang_up_in_one_moment_agree(store: CallStore) -> None:
    for n in range(30):
        call = f"call_{n}"
        await store.create(new_call(call))
        decision, record = await asyncio.gather(
            store.decide(call, call, "confirmed", {}), store.finish(call, End(outcome="abandoned"), 16, NOON)
        )
        (callback,) = await store.callbacks_of(call)
        outcome = "confirmed" if decision.accepted else "abandoned"
        assert record.outcome == outcome == json.loads(callback.body)["data"]["outcome"]


async def test_a_cancelled_caller_leaves_a_whole_commit(store: CallStore) -> None:
    told: list[str] = []
    store.on_callback(told.append)
    await store.create(new_call("call_1"))
    deciding = asyncio.create_task(store.decide("call_1", "order", "confirmed", {}))
    await asyncio.sleep(0)
    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    assert await store.decide("call_1", "order", "confirmed", {}) == Decision(accepted=True, outcome="confirmed")
    assert told == ["msg_1"]


async def test_active_calls_are_those_without_an_end(store: CallStore) -> None:
    for n in range(3):
        await store.create(new_call(f"call_{n}"))
    await store.change_status("call_0", Status.RINGING, NOON)
    await store.finish("call_1", End(), 16, NOON)
    assert [record.id for record in await store.list_active()] == ["call_0", "call_2"]
    assert await store.list_active(node="node-2") == []
    assert [due.call_id for due in await store.waiting()] == ["call_0", "call_2"]


async def test_the_loop_turns_while_another_process_holds_the_database(sqlite_store: CallStore, url: str) -> None:
    await sqlite_store.create(new_call("call_1"))
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    deciding = asyncio.create_task(sqlite_store.decide("call_1", "order", "confirmed", {}))
    loop = asyncio.get_running_loop()
    worst = 0.0
    for _ in range(50):
        before = loop.time()
        await asyncio.sleep(0.005)
        worst = max(worst, loop.time() - before - 0.005)
    assert not deciding.done()
    assert worst < 0.1
    assert await sqlite_store.get("call_1"), "reading goes on"
    holder.execute("ROLLBACK")
    holder.close()
    assert (await deciding).accepted
