"""Calls are taken with their terms, alone or in batches; every wrong field is named, and a key gives one call."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ari_app.api.underway import OtherRequestError, StillRunningError, Underway
from ari_app.store.terms import Cause, Machine
from tests.ari_app.api.conftest import REQUEST, Api, NotAllowed, served

INITIATE = "/api/voice/call/initiate"
SOON, LATER = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=2)


async def test_a_call_is_recorded_with_all_its_terms(api: Api) -> None:
    answer = await api.send(
        "POST",
        INITIATE,
        json=REQUEST
        | {
            "purpose": "order",
            "party": "vendor-31",
            "priority": 2,
            "earliest_at": SOON.isoformat(),
            "latest_at": LATER.isoformat(),
            "ring_s": 30,
            "max_s": 300,
            "retries": {"busy": {"times": 2, "wait_s": [60, 180]}, "most": 3},
            "machine": "hang_up",
            "events": ["call.ringing"],
        },
    )
    assert answer.status == 202, answer.body
    assert answer.headers["Location"] == "/api/voice/calls/call_1"
    call = await api.store.get("call_1")
    assert call
    terms = call.terms
    assert (call.order_id, call.trunk, call.due_at) == ("A17", "test-trunk", SOON)
    assert (terms.purpose, terms.party, terms.priority) == ("order", "vendor-31", 2)
    assert (terms.earliest_at, terms.latest_at, terms.ring_s, terms.max_s) == (SOON, LATER, 30, 300)
    assert (terms.machine, terms.events) == (Machine.HANG_UP, ("call.ringing",))
    busy = terms.retries.rule(Cause.BUSY)
    assert busy
    assert (busy.times, busy.wait_s, terms.retries.most) == (2, (60, 180), 3)


async def test_an_order_that_is_named_wins_over_that_of_the_inputs(api: Api) -> None:
    await api.send("POST", INITIATE, json=REQUEST | {"order_id": "B1"})
    call = await api.store.get("call_1")
    assert call
    assert call.order_id == "B1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"priority": 10}, "priority"),
        ({"latest_at": "2020-01-01T00:00:00Z"}, "latest_at"),
        ({"latest_at": "2099-01-01T00:00:00"}, "latest_at"),
        ({"earliest_at": LATER.isoformat(), "latest_at": SOON.isoformat()}, "latest_at"),
        ({"ring_s": 1}, "ring_s"),
        ({"machine": "whatever"}, "machine"),
        ({"events": ["call.sneezed"]}, "events.0"),
        ({"retries": {"busy": {"times": 99}}}, "retries.busy.times"),
        ({"retries": {"bored": {"times": 1}}}, "retries.bored"),
        ({"to": "9999"}, "to"),
    ],
)
async def test_terms_that_cannot_be_kept_are_named(api: Api, change: dict[str, object], field: str) -> None:
    answer = await api.send("POST", INITIATE, json=REQUEST | change)
    assert (answer.status, answer.fields) == (422, [field])
    assert await api.store.list_recent() == []


async def test_what_the_policy_has_against_a_call_is_told_before_it_is_recorded(api: Api) -> None:
    api.refusals["+919812345678"] = NotAllowed("to", "the number is of no allowed kind")
    answer = await api.send("POST", INITIATE, json=REQUEST)
    assert (answer.status, answer.fields) == (422, ["to"])
    assert answer.body["errors"][0]["message"] == "the number is of no allowed kind"
    assert await api.store.list_recent() == []


def batch(count: int, **changes: object) -> dict[str, object]:
    return {"calls": [REQUEST | {"to": f"+9198123456{n:02}"} | changes for n in range(count)]}


async def test_a_batch_is_recorded_and_queued_in_its_order(api: Api) -> None:
    answer = await api.send("POST", INITIATE, json=batch(20))
    assert answer.status == 202
    assert [call["id"] for call in answer.body["calls"]] == [f"call_{n}" for n in range(1, 21)]
    assert {call["status"] for call in answer.body["calls"]} == {"queued"}
    assert len(await api.store.list_recent()) == 20
    assert api.queued == [f"call_{n}" for n in range(1, 21)]


async def test_one_wrong_call_keeps_its_whole_batch_from_being_recorded(api: Api) -> None:
    calls = batch(5)
    assert isinstance(calls["calls"], list)
    calls["calls"][3]["inputs"] = {"total": "many"}
    calls["calls"][4]["language"] = "ta"
    answer = await api.send("POST", INITIATE, json=calls)
    assert (answer.status, answer.fields) == (422, ["calls.3.inputs.total", "calls.4.language"])
    calls["calls"][2]["to"] = "x"
    answer = await api.send("POST", INITIATE, json=calls)
    assert (answer.status, answer.fields) == (422, ["calls.2.to"])
    assert await api.store.list_recent() == []


@pytest.mark.parametrize("calls", [[], [REQUEST] * 51])
async def test_a_batch_has_its_bounds(api: Api, calls: list[object]) -> None:
    answer = await api.send("POST", INITIATE, json={"calls": calls})
    assert (answer.status, answer.fields) == (422, ["calls"])


async def test_a_key_of_the_batch_gives_the_same_calls_again(api: Api) -> None:
    headers = {"Idempotency-Key": "morning"}
    first = await api.send("POST", INITIATE, json=batch(3), headers=headers)
    again = await api.send("POST", INITIATE, json=batch(3), headers=headers)
    assert again.body == first.body
    assert ("Idempotent-Replayed" in first.headers, "Idempotent-Replayed" in again.headers) == (False, True)
    other = await api.send("POST", INITIATE, json=batch(4), headers=headers)
    assert (other.status, other.fields) == (422, ["Idempotency-Key"])
    assert len(await api.store.list_recent()) == 3


async def test_calls_of_a_batch_have_keys_of_their_own(api: Api) -> None:
    def keyed(*keys: str) -> dict[str, object]:
        return {"calls": [REQUEST | {"idempotency_key": key} for key in keys]}

    first = await api.send("POST", INITIATE, json=keyed("a", "b"))
    again = await api.send("POST", INITIATE, json=keyed("b", "c"))
    ids = [[call["id"] for call in answer.body["calls"]] for answer in (first, again)]
    assert ids[0][1] == ids[1][0]
    assert len({*ids[0], *ids[1]}) == 3
    other = {"calls": [REQUEST, REQUEST | {"idempotency_key": "a", "to": "+919812345679"}]}
    refused = await api.send("POST", INITIATE, json=other)
    assert (refused.status, refused.fields) == (422, ["calls.1.idempotency_key"])
    assert len(await api.store.list_recent()) == 3
    both = await api.send("POST", INITIATE, json=keyed("d"), headers={"Idempotency-Key": "e"})
    assert (both.status, both.fields) == (422, ["Idempotency-Key"])


async def test_a_key_whose_request_takes_too_long_is_told_to_be_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.api.initiate._PATIENCE_S", 0.2)
    async with served(tmp_path, {"request_timeout_s": 30}) as api:
        holder = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        posts = [
            asyncio.create_task(api.send("POST", INITIATE, json=REQUEST, headers={"Idempotency-Key": "k"}))
            for _ in range(2)
        ]
        (done,), (running,) = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
        holder.execute("ROLLBACK")
        holder.close()
        assert done.result().status == 409
        assert "Retry-After" in done.result().headers
        assert (await running).status == 202


async def test_requests_of_one_key_get_the_answer_of_the_first() -> None:
    underway = Underway[int](patience_s=5)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        begun.set()
        await may_end.wait()
        return 7

    first = asyncio.create_task(underway.answer("k", "h", work))
    await begun.wait()
    others = [asyncio.create_task(underway.answer("k", "h", work)) for _ in range(3)]
    with pytest.raises(OtherRequestError, match="another request"):
        await underway.answer("k", "other", work)
    may_end.set()
    assert await first == (7, False)
    assert [await other for other in others] == [(7, True)] * 3


async def test_after_a_first_one_that_failed_the_next_one_tries() -> None:
    underway = Underway[int](patience_s=5)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def fail() -> int:
        begun.set()
        await may_end.wait()
        raise ConnectionError

    async def work() -> int:
        return 8

    first = asyncio.create_task(underway.answer("k", "h", fail))
    await begun.wait()
    second = asyncio.create_task(underway.answer("k", "h", work))
    may_end.set()
    with pytest.raises(ConnectionError):
        await first
    assert await second == (8, False)


async def test_patience_has_an_end() -> None:
    underway = Underway[int](patience_s=0.01)
    never = asyncio.Event()

    async def hang() -> int:
        await never.wait()
        return 0

    first = asyncio.create_task(underway.answer("k", "h", hang))
    await asyncio.sleep(0)
    with pytest.raises(StillRunningError):
        await underway.answer("k", "h", hang)
    first.cancel()
