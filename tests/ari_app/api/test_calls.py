from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from ari_app.store.records import CallEvent, Status
from tests.ari_app.api.conftest import REQUEST, Api
from tests.ari_app.store.samples import NOON, End


async def test_a_call_is_committed_and_queued(api: Api) -> None:
    status, answer = await api.initiate(REQUEST)
    assert (status, answer) == (
        202,
        {
            "id": "call_1",
            "status": "queued",
            "links": {"self": "/api/voice/calls/call_1", "events": "/api/voice/calls/call_1/events"},
        },
    )
    assert api.queued == ["call_1"]
    call = await api.store.get("call_1")
    assert call
    assert (call.to, call.caller, call.flow_hash, call.language) == ("+919812345678", "+918040000000", "f00d", "hi")
    assert call.inputs == {"order_id": "A17", "total": 450}
    assert call.callback_url == "http://127.0.0.1:9/callback"


async def test_what_may_be_left_out(api: Api) -> None:
    status, _ = await api.initiate(
        {"flow": "vendor_confirmation", "to": "1001", "inputs": {"total": 1}, "from": "2002"}
    )
    assert status == 202
    call = await api.store.get("call_1")
    assert call
    assert (call.language, call.caller, call.callback_url) == ("hi", "2002", "")


async def test_a_hundred_posts_of_one_key_make_one_call(api: Api) -> None:
    answers = await asyncio.gather(*(api.initiate(REQUEST, **{"Idempotency-Key": "order-A17"}) for _ in range(100)))
    assert {status for status, _ in answers} == {202}
    assert len({str(answer) for _, answer in answers}) == 1
    assert len(await api.store.list_recent(200)) == 1
    assert len(set(api.queued)) == 1


async def test_a_key_gives_the_same_answer_after_the_call_has_ended(api: Api) -> None:
    first = await api.initiate(REQUEST, **{"Idempotency-Key": "k"})
    await api.store.finish("call_1", End(), 16, NOON)
    api.queued.clear()
    assert await api.initiate(dict(reversed(REQUEST.items())), **{"Idempotency-Key": "k"}) == first
    assert api.queued == []


async def test_a_key_with_another_body_is_refused(api: Api) -> None:
    await api.initiate(REQUEST, **{"Idempotency-Key": "k"})
    status, problem = await api.initiate(REQUEST | {"to": "+919812345679"}, **{"Idempotency-Key": "k"})
    assert status == 422
    assert field_of(problem) == "Idempotency-Key"
    assert api.queued == ["call_1"]


def field_of(problem: Mapping[str, object]) -> str:
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert len(errors) == 1, errors
    return str(errors[0]["field"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"flow": "pizza"}, "flow"),
        ({"flow": 7}, "flow"),
        ({"to": "98123 45678"}, "to"),
        ({"to": "+09812345678"}, "to"),
        ({"to": "1001\n"}, "to"),
        ({"to": "sip:me@example.org"}, "to"),
        ({"from": "anonymous"}, "from"),
        ({"language": "ta"}, "language"),
        ({"inputs": {"total": "many"}}, "inputs.total"),
        ({"inputs": [1]}, "inputs"),
        ({"callback_url": "ftp://x/"}, "callback_url"),
        ({"metadata": "x"}, "metadata"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_field_is_named(api: Api, change: dict[str, object], field: str) -> None:
    status, problem = await api.initiate(REQUEST | change)
    assert status == 422
    assert field_of(problem) == field
    assert await api.store.list_recent() == []


async def test_all_wrong_fields_are_named_at_once(api: Api) -> None:
    _, problem = await api.initiate(REQUEST | {"language": "ta", "callback_url": "x", "inputs": {}})
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert {error["field"] for error in errors} == {"language", "callback_url", "inputs.total"}


@pytest.mark.parametrize("key", ["a b", "é", "x" * 256])
async def test_a_key_that_cannot_be_one_is_refused(api: Api, key: str) -> None:
    status, problem = await api.initiate(REQUEST, **{"Idempotency-Key": key})
    assert (status, field_of(problem)) == (422, "Idempotency-Key")


async def test_a_call_is_shown_with_its_result_and_history(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.add_events("call_1", [CallEvent(NOON, "key", {"digit": "1"})])
    await api.store.decide("call_1", "order", "confirmed", {"minutes": 20})
    await api.store.finish("call_1", End(Status.COMPLETED, "confirmed"), 16, NOON)
    status, call = await api.get("/api/voice/calls/call_1")
    assert status == 200
    assert (call["to"], call["from"]) == ("+919812345678", "+918040000000")
    assert (call["status"], call["outcome"], call["data"]) == ("completed", "confirmed", {"minutes": 20})
    assert (call["cause"], call["ended_at"]) == (16, "2026-03-01T12:00:00Z")
    callback = call["callback"]
    assert isinstance(callback, dict)
    assert (callback["id"], callback["status"], callback["attempts"]) == ("msg_1", "pending", 0)
    _, history = await api.get("/api/voice/calls/call_1/events")
    assert history["events"] == call["events"]
    assert isinstance(call["events"], list)
    assert [event["kind"] for event in call["events"]] == ["key", "decided", "finished"]


async def test_active_calls_have_masked_numbers(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.initiate(REQUEST)
    await api.store.finish("call_2", End(), 16, NOON)
    _, answer = await api.get("/admin/calls/active")
    calls = answer["calls"]
    assert isinstance(calls, list)
    assert [(call["id"], call["to"], call["from"]) for call in calls] == [("call_1", "+91******5678", "+91******0000")]
