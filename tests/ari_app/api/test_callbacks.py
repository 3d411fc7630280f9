"""The dead letters: found, read, and sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ari_app.store.records import CallbackStatus, Delivery
from tests.ari_app.api.conftest import REQUEST, Api
from tests.ari_app.store.samples import NOON, URL, new_call

GONE = Delivery(NOON, 410, "answered 410 Gone", 3)
FAILED = Delivery(NOON, 503, "answered 503 Service Unavailable", 3)


async def result(api: Api, number: int, status: CallbackStatus | None = None, delivery: Delivery = FAILED) -> str:
    """A call's result, settled so; None: it is pending."""
    await api.store.create(new_call(f"call_{number}"))
    await api.store.decide(f"call_{number}", f"order {number}", "confirmed", {})
    if status:
        claim = await api.store.outbox.claim(f"msg_{number}")
        assert claim
        await api.store.outbox.settle(claim.callback, delivery, status)
    return f"msg_{number}"


async def post(api: Api, path: str, body: Mapping[str, object] | None = None) -> tuple[int, dict[str, Any]]:
    async with api.http.post(path, json=body) as response:
        return response.status, await response.json(content_type=None)


def ids(page: Mapping[str, Any]) -> list[str]:
    return [callback["id"] for callback in page["callbacks"]]


async def test_callbacks_are_listed_by_pages_and_by_what_became_of_them(api: Api) -> None:
    for number in range(5):
        await result(api, number, CallbackStatus.DEAD if number % 2 else CallbackStatus.DELIVERED)
    _, first = await api.get("/admin/callbacks?limit=3")
    _, second = await api.get(f"/admin/callbacks?limit=3&page={first['next']}")
    assert ids(first) + ids(second) == [f"msg_{number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None
    _, dead = await api.get("/admin/callbacks?status=dead")
    assert ids(dead) == ["msg_3", "msg_1"]
    status, other = await api.get(f"/admin/callbacks?status=dead&page={first['next']}")
    assert (status, other["detail"]) == (422, "The request can't be accepted: see page.")


@pytest.mark.parametrize("query", ["status=lost", "limit=0", "limit=9999", "state=dead", "created_after=noon"])
async def test_a_query_that_makes_no_sense_is_refused(api: Api, query: str) -> None:
    status, _ = await api.get(f"/admin/callbacks?{query}")
    assert status == 422


async def test_one_is_shown_with_what_is_sent_and_every_attempt(api: Api) -> None:
    await result(api, 1, CallbackStatus.DEAD)
    status, shown = await api.get("/admin/callbacks/msg_1")
    assert status == 200
    assert isinstance(shown["body"], dict)
    assert (shown["status"], shown["seq"], shown["body"]["type"]) == ("dead", 1, "call.result")
    assert shown["deliveries"] == [
        {"at": "2026-03-01T12:00:00Z", "http_status": 503, "error": FAILED.error, "took_ms": 3}
    ]
    assert (await api.get("/admin/callbacks/msg_9"))[0] == 404


async def test_one_is_sent_again_whatever_became_of_it(api: Api) -> None:
    ready: list[str] = []
    api.store.outbox.on_ready(ready.append)
    for number, settled in enumerate((CallbackStatus.DEAD, CallbackStatus.DELIVERED, None)):
        await result(api, number, settled)
        status, shown = await post(api, f"/admin/callbacks/msg_{number}/resend")
        assert (status, shown["status"], shown["attempts"]) == (202, "pending", 0)
    assert ready == ["msg_0", "msg_1"], "the pending one is under way already"
    assert (await post(api, "/admin/callbacks/msg_9/resend"))[0] == 404


async def test_dead_letters_are_sent_again_the_oldest_first_and_no_more_than_asked(api: Api) -> None:
    for number in range(4):
        await result(api, number, CallbackStatus.DEAD)
    await result(api, 4, CallbackStatus.DELIVERED)
    assert await post(api, "/admin/callbacks/resend", {"limit": 3}) == (202, {"ids": ["msg_0", "msg_1", "msg_2"]})
    assert await post(api, "/admin/callbacks/resend", {"type": "call.ringing"}) == (202, {"ids": []})
    assert await post(api, "/admin/callbacks/resend", {"call_id": "call_3"}) == (202, {"ids": ["msg_3"]})
    assert (await post(api, "/admin/callbacks/resend", {"limit": 1001}))[0] == 422


async def test_an_address_that_was_gone_is_enabled_and_gets_its_dead_letters(api: Api) -> None:
    await result(api, 1, CallbackStatus.GONE, GONE)
    _, disabled = await api.get("/admin/endpoints")
    assert disabled == {"endpoints": [{"url": URL, "disabled_at": "2026-03-01T12:00:00Z", "reason": GONE.error}]}
    status, enabled = await post(api, "/admin/endpoints/enable", {"url": URL})
    assert (status, enabled) == (200, {"url": URL, "resent": ["msg_1"]})
    assert (await post(api, "/admin/endpoints/enable", {"url": URL}))[0] == 404


async def test_only_events_that_there_are_can_be_wanted(api: Api) -> None:
    status, told = await api.initiate({**REQUEST, "events": ["call.ringing", "call.mumbled"]})
    assert status == 422
    assert "events.1" in str(told["errors"])
