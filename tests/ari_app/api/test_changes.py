"""Calls are cancelled and changed, by the records or by their node; what can't be is told."""

from __future__ import annotations

import pytest

from ari_app.store.records import Direction, Status
from tests.ari_app.api.conftest import JUPITER, REQUEST, Api, Done
from tests.ari_app.store.samples import NOON, End, new_call

CALL = "/api/voice/calls/call_1"


async def live(api: Api) -> None:
    await api.store.create(new_call("call_1", direction=Direction.INBOUND))
    await api.store.answered("call_1", NOON)


async def test_a_call_that_waits_is_cancelled_in_the_records(api: Api) -> None:
    await api.initiate(REQUEST)
    answer = await api.send("POST", f"{CALL}/cancel", json={"reason": "too late"}, token=JUPITER)
    assert (answer.status, answer.body["status"], answer.body["done"]) == (200, "canceled", True)
    assert api.asked == []
    again = await api.send("POST", f"{CALL}/cancel")
    assert (again.status, again.body["status"]) == (200, "canceled")


async def test_a_live_call_is_cancelled_by_its_node(api: Api) -> None:
    await live(api)
    answer = await api.send("POST", f"{CALL}/cancel", json={"reason": "fraud"}, token=JUPITER)
    assert (answer.status, answer.body["done"]) == (200, True)
    assert api.asked == [("call_1", "cancel", {"reason": "fraud"}, "jupiter")]


async def test_an_ended_call_is_not_cancelled(api: Api) -> None:
    await api.initiate(REQUEST)
    await api.store.finish("call_1", End(Status.COMPLETED), 16, NOON)
    for method, path, body in (("POST", f"{CALL}/cancel", {}), ("PATCH", CALL, {"hang_up": True})):
        answer = await api.send(method, path, json=body)
        assert answer.status == 409
        assert "has ended: completed" in answer.body["detail"]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"language": "mr"}, ("language", {"language": "mr"})),
        ({"hang_up": True}, ("hang_up", {})),
        ({"transfer": "+918047112200"}, ("transfer", {"to": "+918047112200"})),
    ],
)
async def test_a_live_call_is_changed_by_its_node(
    api: Api, change: dict[str, object], asked: tuple[str, dict[str, object]]
) -> None:
    await live(api)
    assert (await api.send("PATCH", CALL, json=change)).status == 200
    assert api.asked == [("call_1", *asked, "api")]


async def test_what_the_node_has_not_done_yet_is_202_and_what_it_refuses_409(api: Api) -> None:
    await live(api)
    api.outcome = Done(done=False)
    later = await api.send("PATCH", CALL, json={"hang_up": True})
    assert (later.status, later.body["done"]) == (202, False)
    api.outcome = Done(error="nobody talks on the call yet")
    refused = await api.send("PATCH", CALL, json={"hang_up": True})
    assert refused.status == 409
    assert "nobody talks on the call yet" in refused.body["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "body"),
        ({"hang_up": False}, "body"),
        ({"hang_up": True, "language": "hi"}, "body"),
        ({"language": "ta"}, "language"),
        ({"transfer": "home"}, "transfer"),
        ({"volume": 11}, "volume"),
    ],
)
async def test_a_change_that_is_none_is_refused(api: Api, change: dict[str, object], field: str) -> None:
    await live(api)
    answer = await api.send("PATCH", CALL, json=change)
    assert (answer.status, answer.fields) == (422, [field])
    assert api.asked == []


async def test_a_call_that_waits_is_not_live(api: Api) -> None:
    await api.initiate(REQUEST)
    answer = await api.send("PATCH", CALL, json={"hang_up": True})
    assert answer.status == 409
    assert "not live" in answer.body["detail"]
