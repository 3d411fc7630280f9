"""Orders over the API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from ari_app.store.records import Direction
from tests.ari_app.api.conftest import Api
from tests.ari_app.store.samples import new_call


async def post(api: Api, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    async with api.http.post(path, json=body) as response:
        return response.status, await response.json(content_type=None)


async def test_an_order_is_shown_with_its_calls(api: Api) -> None:
    assert (await api.get("/api/voice/orders/A17"))[0] == 404
    await api.store.create(new_call("call_1", order_id="A17"))
    status, order = await api.get("/api/voice/orders/A17")
    assert status == 200
    assert (order["order_id"], order["canceled"], order["decided"], order["open"]) == ("A17", None, False, ["call_1"])


async def test_canceling_an_order_ends_what_waits_and_waits_for_what_lives(api: Api) -> None:
    await api.store.create(new_call("call_1", order_id="A17"))
    await api.store.arrived(new_call("call_2", direction=Direction.INBOUND, order_id="A17"), "170000.1")

    asking = asyncio.create_task(post(api, "/api/voice/orders/A17/cancel", {"reason": "the customer cancelled"}))
    for _ in range(300):
        await asyncio.sleep(0.01)
        for control in await api.store.controls.open("node-1", 10):
            await api.store.controls.done(control.id)
        if asking.done():
            break
    status, order = await asking
    assert status == 200
    assert order["open"] == ["call_2"]
    assert order["canceled"] is not None
    record = await api.store.get("call_1")
    assert record
    assert (record.status, record.reason) == ("canceled", "the customer cancelled")


async def test_the_answer_tells_what_had_been_decided(api: Api) -> None:
    await api.store.arrived(new_call("call_2", direction=Direction.INBOUND, order_id="A17"), "170000.1")
    await api.store.answered("call_2", datetime.now(UTC))
    await api.store.decide("call_2", "vendor_confirmation/A17", "confirmed", {"ready_in": 20})
    status, order = await post(api, "/api/voice/orders/A17/cancel")
    assert status == 200
    assert order["decided"] is True
    assert [one["outcome"] for one in order["decisions"]] == ["confirmed"]  # type: ignore[attr-defined]


async def test_a_reason_is_a_text(api: Api) -> None:
    status, problem = await post(api, "/api/voice/orders/A17/cancel", {"reason": 7})
    assert status == 422
    assert "reason" in str(problem["errors"])
