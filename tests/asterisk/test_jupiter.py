"""What Jupiter says of calls that are under way: orders canceled, calls changed, callers answered, and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phones.phone import Phone
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import VENDOR, Mercury, history, new_number, spoken
from tests.standins.jupiter import Behaviour, Mode

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

RETRIES = {"busy": {"times": 3, "wait_s": [600]}}
ASKED, REFUSED = "+918047110001", "+918047110002"
BOOK = f"""\
routes:
  - {{number: "{ASKED}", ask: jupiter, flow: usual}}
  - {{number: "{REFUSED}", ask: jupiter, flow: usual}}
flows:
  usual:
    languages: [en, hi]
    outcomes: [usual_over]
    on_hang_up: usual_over
    gives_up: bye
    start: bye
    steps: {{bye: {{say: {{en: Goodbye., hi: "नमस्ते।"}}, hang_up: usual_over}}}}
  named:
    languages: [en, hi]
    inputs: {{name: text}}
    outcomes: [named_over]
    on_hang_up: named_over
    gives_up: bye
    start: bye
    steps: {{bye: {{say: {{en: "Hello {{{{ name }}}}.", hi: "नमस्ते {{{{ name }}}}।"}}, hang_up: named_over}}}}
"""


async def _cancel(mercury: Mercury, order_id: str) -> dict[str, Any]:
    return await mercury.api("POST", f"/api/voice/orders/{order_id}/cancel", json={"reason": "the customer cancelled"})


async def test_an_order_is_canceled_in_the_talk_and_a_late_key_does_not_revive_it(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number, inputs={"order_id": "81001", **VENDOR})
        await phone.answer()
        await phone.agent_starts()
        canceled = await _cancel(mercury, "81001")
        await phone.press("1")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"]) == ("completed", "canceled")
    assert "this order has been canceled" in spoken(record)
    assert "The order is confirmed" not in spoken(record)
    assert (canceled["decided"], canceled["canceled"]["reason"]) == (False, "the customer cancelled")
    assert [each["body"]["data"]["outcome"] for each in mercury.backend.results(call_id)] == ["canceled"]


async def test_an_order_is_canceled_while_its_phone_rings(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number, inputs={"order_id": "81002", **VENDOR})
        await phone.invited()
        await phone.ring()
        await _cancel(mercury, "81002")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"]) == ("canceled", "canceled")


async def test_what_was_decided_is_told_to_who_cancels_too_late(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        call_id = await mercury.initiate(number, inputs={"order_id": "81003", **VENDOR})
        await phone.answer()
        await phone.agent_starts()
        await phone.press("120#")
        await mercury.noted(call_id, "decided")
        canceled = await _cancel(mercury, "81003")
        await phone.ended()
    record = await mercury.ended(call_id)
    assert [one["outcome"] for one in canceled["decisions"]] == [record["outcome"]] == ["confirmed"]
    assert "The order is confirmed" in spoken(record)


async def test_a_live_call_goes_on_in_another_language_and_is_handed_over(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    to, person = await mercury.callee()
    async with phone, person:
        call_id = await mercury.initiate(number)
        await phone.answer()
        await phone.agent_starts()
        changed = await mercury.api("PATCH", f"/api/voice/calls/{call_id}", json={"language": "hi"})
        assert changed["done"] is True
        await mercury.noted(call_id, "controlled", event="LanguageAsked")
        await mercury.api("PATCH", f"/api/voice/calls/{call_id}", json={"transfer": to})
        await person.answer()
        await mercury.noted(call_id, "talk_began")
        await person.hang_up()
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert record["outcome"] == "transferred"
    assert "धन्यवाद, नमस्ते।" in spoken(record)


async def test_a_vendor_who_calls_back_decides_the_order_and_is_not_called_again(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        out = await mercury.initiate(number, inputs={"order_id": "81004", **VENDOR}, retries=RETRIES)
        await phone.invited()
        await phone.refuse(486)
    await mercury.noted(out, "attempt_ended")
    async with await mercury.dial(number) as back:
        await back.answered()
        await back.agent_starts()
        await back.press("120#")
        await back.ended()
    inbound = await mercury.ended(await mercury.call_from(number))
    record = await mercury.ended(out)
    assert (inbound["outcome"], inbound["inputs"]["order_id"]) == ("confirmed", "81004")
    assert (record["status"], record["outcome"]) == ("completed", "confirmed")
    assert record["reason"] == f"decided on call {inbound['id']}"


async def test_when_both_call_each_other_the_ringing_gives_way(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    async with phone:
        out = await mercury.initiate(number, inputs={"order_id": "81005", **VENDOR})
        await phone.invited()
        await phone.ring()
        async with await mercury.dial(number) as back:
            await back.answered()
            assert (await phone.ended()).by == "far"
            await back.agent_starts()
            await back.hang_up()
    inbound = await mercury.ended(await mercury.call_from(number))
    record = await mercury.ended(out)
    assert (record["status"], record["outcome"]) == ("busy", "called_back")
    assert record["data"]["call_id"] == inbound["id"]


async def test_jupiter_says_whether_and_with_which_flow_to_answer(tmp_path: Path, own_mercury: StartMercury) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(BOOK, encoding="utf-8")
    mercury = await own_mercury({"flows": str(file)})
    jupiter = mercury.backend.jupiter
    jupiter.answers[ASKED] = {"answer": True, "flow": "named", "inputs": {"name": "Asha"}, "language": "en"}
    jupiter.answers[REFUSED] = {"answer": False, "refusal": "busy"}

    async def called(to: str) -> dict[str, Any]:
        caller = new_number()
        async with await Phone.call(mercury.line, f"sip:{to}@{mercury.running.sip_udp}", caller=caller) as phone:
            await phone.answered()
            await phone.ended()
        return await mercury.ended(await mercury.call_from(caller))

    named = await called(ASKED)
    assert (named["outcome"], named["inputs"]) == ("named_over", {"name": "Asha"})
    assert [(call["to"], call["from"]) for call in jupiter.asked] == [(ASKED, named["from"])]
    async with await mercury.dial(to=REFUSED) as phone:
        assert (await phone.ended()).status == 486

    jupiter.answers[ASKED] = {"answer": True, "flow": "nothing"}
    unknown = await called(ASKED)
    assert unknown["outcome"] == "usual_over"
    assert "expected one of" in history(unknown, "welcomed")[0]["about"]

    jupiter.behaviour = Behaviour(Mode.HANG)
    async with await mercury.dial(to=ASKED) as phone:
        assert await phone.ringing() == 180
        await phone.answered()
        await phone.ended()
        trace = phone.trace()
    assert trace.answered_at is not None
    await mercury.is_idle()
