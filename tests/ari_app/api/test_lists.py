"""Calls are listed by filters, page by page; nobody sees more than their token allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ari_app.store.records import Direction, Status
from tests.ari_app.api.conftest import JUPITER, REQUEST, VIEWER, Api
from tests.ari_app.store.samples import NOON, End, new_call

CALLS = "/api/voice/calls"


async def ids(api: Api, **query: str) -> list[str]:
    answer = await api.send("GET", CALLS, params=query)
    assert answer.status == 200, answer.body
    return [call["id"] for call in answer.body["calls"]]


async def test_pages_hold_every_call_once_the_newest_first(api: Api) -> None:
    for number in range(7):
        await api.store.create(new_call(f"call_{number}"))
    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        answer = await api.send("GET", CALLS, params=query)
        seen += [call["id"] for call in answer.body["calls"]]
        await api.store.create(new_call(f"later_{len(seen)}"))
        if answer.body["next"] is None:
            break
        query["page"] = answer.body["next"]
    assert seen == [f"call_{number}" for number in reversed(range(7))]


async def test_filters(api: Api) -> None:
    await api.store.create(new_call("a", to="+919800000001", order_id="A17", flow="rider"))
    await api.store.create(new_call("b", caller="+918000000001"))
    await api.store.create(new_call("c", direction=Direction.INBOUND))
    await api.store.finish("b", End(Status.COMPLETED, "confirmed"), 16, NOON)
    assert await ids(api, status="queued") == ["a"]
    assert await ids(api, direction="inbound") == ["c"]
    assert await ids(api, flow="rider") == ["a"]
    assert await ids(api, order_id="A17") == ["a"]
    assert await ids(api, to="+919800000001") == ["a"]
    assert await ids(api, **{"from": "+918000000001"}) == ["b"]
    assert await ids(api, outcome="confirmed") == ["b"]
    assert await ids(api, node="node-2") == []
    assert await ids(api, status="queued", flow="vendor_confirmation") == []
    record = await api.store.get("b")
    assert record
    assert "b" not in await ids(api, created_after=record.created_at.isoformat())
    assert "b" in await ids(api, created_after=(record.created_at - timedelta(seconds=1)).isoformat())
    assert await ids(api, created_before="2020-01-01T00:00:00Z") == []


async def test_a_plus_that_arrives_as_a_space_is_a_plus(api: Api) -> None:
    await api.store.create(new_call("a", to="+919800000001"))
    answer = await api.send("GET", f"{CALLS}?to=+919800000001")
    assert [call["id"] for call in answer.body["calls"]] == ["a"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=ill", "status"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("created_after=yesterday", "created_after"),
        ("colour=red", "colour"),
        ("page=!!", "page"),
        ("page=W10", "page"),
        ("flow=a&flow=b", "flow"),
    ],
)
async def test_a_wrong_query_is_named(api: Api, query: str, field: str) -> None:
    answer = await api.send("GET", f"{CALLS}?{query}")
    assert (answer.status, answer.fields) == (422, [field])


async def test_a_token_of_another_list_is_refused(api: Api) -> None:
    for number in range(3):
        await api.store.create(new_call(f"call_{number}"))
    first = await api.send("GET", CALLS, params={"limit": "1"})
    answer = await api.send("GET", CALLS, params={"status": "queued", "page": first.body["next"]})
    assert (answer.status, answer.fields) == (422, ["page"])


async def test_a_call_is_shown_with_its_order_and_terms(api: Api) -> None:
    await api.initiate(REQUEST | {"priority": 1})
    shown: dict[str, Any] = (await api.send("GET", f"{CALLS}/call_1")).body
    assert (shown["order_id"], shown["trunk"], shown["terms"]["priority"]) == ("A17", "test-trunk", 1)
    assert shown["due_at"] is not None
    assert (shown["attempts"], shown["callbacks"], shown["attempt_no"]) == ([], [], 0)


async def test_a_viewer_sees_no_number_in_full(api: Api) -> None:
    await api.initiate(REQUEST | {"metadata": {"mobile": "+919811111111"}})
    await api.store.event("call_1", "transfer_started", {"ms": 5, "to": "+919822222222"})
    for path in (CALLS, f"{CALLS}/call_1", f"{CALLS}/call_1/events"):
        seen = (await api.send("GET", path, token=VIEWER)).text
        assert not {"9812345678", "8040000000", "9811111111", "9822222222"} & set(seen.split('"+91'))
        assert "+919" not in seen
        assert "call_1" in seen or "transfer_started" in seen
    assert "+919812345678" in (await api.send("GET", CALLS, token=JUPITER)).text


async def test_what_was_said_is_for_those_who_may_read_transcripts(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.event("call_1", "caller_said", {"ms": 5, "text": "haan bhai"})
    await api.store.event("call_1", "key", {"ms": 9, "digit": "1"})
    masked = (await api.send("GET", f"{CALLS}/call_1/events", token=JUPITER)).body["events"]
    assert [event["data"] for event in masked] == [{"ms": 5, "text": "•"}, {"ms": 9, "digit": "1"}]
    assert "haan" not in (await api.send("GET", f"{CALLS}/call_1", token=JUPITER)).text
    assert "haan bhai" in (await api.send("GET", f"{CALLS}/call_1/events")).text
