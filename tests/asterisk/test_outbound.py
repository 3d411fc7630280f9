"""Jupiter has vendors and riders called; what they, or the network, answer reaches it once, signed."""

from __future__ import annotations

from typing import Any

import pytest

from phones.recordings import recording
from tests.asterisk.mercury import Mercury, spoken

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def _result(mercury: Mercury, call_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ended call's record, and the one result that Jupiter got of it."""
    record = await mercury.ended(call_id)
    results = mercury.backend.results(call_id)
    assert [result["verified"] for result in results] == [True]
    body: dict[str, Any] = results[0]["body"]["data"]
    assert body["outcome"] == record["outcome"]
    return record, body


async def test_a_vendor_confirms(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer(ring_s=0.2)
        await phone.agent_starts()
        await phone.press("1")
        await phone.agent_starts()
        await phone.press("20#")
        await mercury.backend.jupiter.wait_received(1)
        assert phone.end is None, "the result is sent when it is decided, not when the call is over"
        assert (await phone.ended()).by == "far"
    record, result = await _result(mercury, call_id)
    assert (record["outcome"], record["status"], record["cause"]) == ("confirmed", "completed", 16)
    assert result["data"]["ready_in"] == 20
    assert result["order_id"] == record["inputs"]["order_id"]
    assert "The order is confirmed. Please have it ready in 20 minutes" in spoken(record)
    assert phone.trace().ringing_at is not None


async def test_a_vendor_declines_and_says_why(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.agent_starts()
        await phone.press("2")
        await phone.agent_pauses()
        await phone.press("4")
        await phone.agent_pauses()
        await phone.play(recording(mercury.sounds, "please-try-again"))
        await phone.press("#")
        await phone.ended()
    record, result = await _result(mercury, call_id)
    assert record["outcome"] == "rejected"
    kept = mercury.run_dir / "recordings" / call_id / result["data"]["reason_recording"]
    assert kept.stat().st_size > 8000


@pytest.mark.parametrize(("key", "outcome"), [("1", "accepted"), ("2", "rejected")])
async def test_a_rider_decides_with_one_key(mercury: Mercury, key: str, outcome: str) -> None:
    trip = {"trip_id": "901", "pickup": "Camp", "drop": "Kothrud", "distance": "3.5", "pay": "42"}
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number, "rider_assignment", inputs=trip, language="hi")
        await phone.answer()
        await phone.agent_starts()
        await phone.press(key)
        await phone.ended()
    record, _ = await _result(mercury, call_id)
    assert record["outcome"] == outcome


@pytest.mark.parametrize(
    ("status", "cause", "outcome", "became"),
    [
        (486, 17, "busy", "busy"),
        (603, 21, "declined", "busy"),
        (404, 1, "wrong_number", "failed"),
        (480, 19, "no_answer", "no-answer"),
        (503, 34, "unreachable", "failed"),
    ],
)
async def test_a_failure_of_the_network_is_an_outcome(
    mercury: Mercury, status: int, cause: int, outcome: str, became: str
) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.refuse(status)
    record, result = await _result(mercury, call_id)
    assert (record["cause"], record["outcome"], record["status"]) == (cause, outcome, became)
    assert result["cause"] == cause
    assert record["answered_at"] is None


async def test_nobody_answers(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.invited()
        await phone.ring()
        end = await phone.ended()
    assert (end.by, end.how) == ("far", "cancel")
    record, _ = await _result(mercury, call_id)
    assert (record["status"], record["outcome"]) == ("no-answer", "no_answer")


async def test_a_vendor_hangs_up_in_the_middle(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.agent_starts()
        await phone.hang_up()
    record, _ = await _result(mercury, call_id)
    assert (record["status"], record["outcome"], record["cause"]) == ("completed", "hung_up", 16)


async def test_a_vendor_hangs_up_at_once(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.hang_up()
    record, _ = await _result(mercury, call_id)
    assert record["outcome"] in ("abandoned", "hung_up")


async def test_a_hang_up_after_the_decision_changes_nothing(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.press("120#")
        await mercury.noted(call_id, "decided")
        await phone.hang_up()
    record, result = await _result(mercury, call_id)
    assert record["outcome"] == "confirmed"
    assert result["data"]["ready_in"] == 20


async def test_nobody_is_called_about_an_order_that_is_decided(mercury: Mercury) -> None:
    inputs = {"order_id": "6999", "vendor": "Asha", "items": ["one thali"], "total": "120"}
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number, inputs=inputs)
        await phone.answer()
        await phone.press("120#")
        await mercury.noted(call_id, "decided")
        await phone.hang_up()
    record, _ = await _result(mercury, call_id)
    assert record["outcome"] == "confirmed"
    number, phone = await mercury.callee()
    async with phone:
        record, _ = await _result(mercury, await mercury.initiate(number, inputs=inputs))
        assert (record["status"], record["outcome"]) == ("canceled", "decided")
        assert record["reason"] == "it was decided before: confirmed"
        assert phone.trace().ringing_at is None
