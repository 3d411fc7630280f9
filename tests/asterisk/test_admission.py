"""A full Mercury on the wire: one more caller is refused, or hears an apology, and the call in progress goes on."""

from __future__ import annotations

import pytest

from phones.phone import Phone
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, new_number, spoken

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

FULL = {"media": {"max_calls": 1}}


async def _goes_on_undisturbed(mercury: Mercury, phone: Phone, call_id: str) -> None:
    """The first caller presses a key and is answered; their packets go where they went before."""
    before = len(spoken(await mercury.record(call_id)))
    await phone.press("1")
    await mercury.noted(call_id, "key", digit="1")
    await phone.hang_up()
    record = await mercury.ended(call_id)
    assert len(spoken(record)) > before
    (media,) = (event["data"] for event in record["events"] if event["kind"] == "media_closed")
    assert (media["send_errors"], media["wrong_source"]) == (0, 0)


async def test_a_caller_too_many_gets_the_busy_tone(own_mercury: StartMercury) -> None:
    mercury = await own_mercury(FULL)
    caller = new_number()
    async with await mercury.dial(caller) as first:
        await first.answered()
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started")
        for _ in range(3):
            async with await mercury.dial() as second:
                assert (await second.ended()).status == 486
        assert "refuses calls (full): 1 of 1 calls" in (await mercury.health())["checks"]["calls"]["detail"]
        assert [line["reason"] for line in mercury.logged("call.refused")] == ["full"] * 3
        await _goes_on_undisturbed(mercury, first, call_id)
    await mercury.is_idle()
    async with await mercury.dial() as third:
        await third.answered()
    await mercury.is_idle()


async def test_a_caller_too_many_hears_an_apology_from_asterisk(own_mercury: StartMercury) -> None:
    mercury = await own_mercury({**FULL, "calls": {"overload": "apology"}})
    caller = new_number()
    async with await mercury.dial(caller) as first:
        await first.answered()
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started")
        async with await mercury.dial() as second:
            await second.answered()
            await second.agent_starts()
            end = await second.ended()
            assert (end.by, end.cause) == ("far", 17)
            heard = second.trace().far_voiced
            assert len(heard) > 100, "two seconds of voice"
        await _goes_on_undisturbed(mercury, first, call_id)
    await mercury.is_idle()
    assert len((await mercury.api("GET", "/admin/calls/active"))["calls"]) == 0
