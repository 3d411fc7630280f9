"""Customers call in: by key and by voice, over the agent and before it, on the real wire."""

from __future__ import annotations

import pytest

from phones.measure import barge_in_stop_ms, key_stop_ms
from phones.phone import Phone
from phones.recordings import recording
from tests.asterisk.mercury import Mercury, history, new_number, spoken

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def test_a_customer_asks_by_key(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.press("1")
        await phone.agent_pauses()
        await phone.press("5001#")
        await phone.agent_starts()
        await mercury.noted(await mercury.call_from(caller), "fetched")
        await phone.press("2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["outcome"], record["status"], record["reason"]) == ("answered", "completed", "completed")
    assert record["data"]["order_number"] == "5001"
    assert [line["digit"] for line in history(record, "key")] == list("15001#2")
    assert "Type your order number" in spoken(record)


async def test_keys_may_come_before_their_prompts(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert record["outcome"] == "answered"
    assert record["data"]["order_number"] == "5001"
    assert "Thank you for calling" in spoken(record)


@pytest.mark.parametrize(
    ("said", "understood", "reply"),
    [
        ("spy-agent", "agent", "I connect you with a person"),
        ("cancelled", "cancelled", "Type the number of the order to cancel"),
        ("auth-thankyou", "thank you", "Thank you for calling"),
    ],
)
async def test_a_customer_speaks_over_the_agent(mercury: Mercury, said: str, understood: str, reply: str) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.pause(0.3)
        await phone.play(recording(mercury.sounds, said))
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "caller_said", text=understood)
        await phone.agent_starts()
        await phone.pause(1.2)
        await phone.hang_up()
    record = await mercury.ended(call_id)
    assert history(record, "barged_in")
    greeting, answer = history(record, "said")[0], [line for line in history(record, "said") if line["text"]][-1]
    assert not greeting["complete"]
    assert reply.startswith(answer["text"][:8] or "nothing")
    assert len(barge_in_stop_ms(phone.trace())) == 1


async def test_a_key_stops_the_agent(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.press("2")
        await phone.agent_pauses()
        await phone.hang_up()
    record = await mercury.ended(await mercury.call_from(caller))
    first = history(record, "said")[0]
    assert not first["complete"]
    assert len(key_stop_ms(phone.trace())) == 1
    assert "Type the number of the order to cancel" in spoken(record)


async def test_a_message_is_recorded(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await _reaches_the_tone(mercury, phone, caller)
        await phone.play(recording(mercury.sounds, "please-try-again"))
        await phone.press("#")
        await mercury.noted(await mercury.call_from(caller), "agent_started", utterance="message/message.review.7")
        await phone.press("1")
        await phone.ended()
    record = await mercury.ended(call_id := await mercury.call_from(caller))
    assert record["outcome"] == "callback_requested"
    kept = mercury.run_dir / "recordings" / call_id / record["data"]["message_recording"]
    assert kept.stat().st_size > 8000


async def test_a_caller_who_hangs_up_at_once_is_forgotten(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.hang_up()
    record = await mercury.ended(await mercury.call_from(caller))
    assert record["status"] == "completed"
    assert record["outcome"] in ("abandoned", "hung_up")
    assert record["cause"] == 16


async def test_a_caller_may_cancel_before_the_answer(mercury: Mercury) -> None:
    """CANCEL and 200 may cross on the wire: either way nothing is left, and the call is over on record."""
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.hang_up()
    record = await mercury.ended(await mercury.call_from(caller))
    assert record["outcome"] in ("abandoned", "hung_up")


async def test_a_caller_hangs_up_over_the_greeting(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.pause(1.0)
        await phone.hang_up()
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["status"], record["outcome"], record["cause"]) == ("completed", "hung_up", 16)
    assert spoken(record).strip() == "Welcome to"


async def test_a_caller_hangs_up_while_leaving_a_message(mercury: Mercury) -> None:
    """What they said up to then is the message."""
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await _reaches_the_tone(mercury, phone, caller)
        await phone.play(recording(mercury.sounds, "please-try-again"))
        await phone.hang_up()
    record = await mercury.ended(call_id := await mercury.call_from(caller))
    assert record["outcome"] == "callback_requested"
    kept = mercury.run_dir / "recordings" / call_id / record["data"]["message_recording"]
    assert kept.stat().st_size > 8000


async def _reaches_the_tone(mercury: Mercury, phone: Phone, caller: str) -> None:
    """Nobody takes the call of a customer who wants a person, who is asked for a message."""
    await phone.press("0")
    call_id = await mercury.call_from(caller)
    await mercury.noted(call_id, "transfer_ended")
    await mercury.noted(call_id, "agent_started", utterance="message/message.ask.5")
    await phone.agent_pauses(silence_ms=1500)


@pytest.mark.parametrize("silence_ms", [20, 100])
async def test_both_may_hang_up_at_the_farewell(mercury: Mercury, silence_ms: int) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.press("15001#2")
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started", utterance="goodbye.say.7")
        await phone.agent_pauses(silence_ms=silence_ms)
        await phone.hang_up()
    record = await mercury.ended(call_id)
    assert record["outcome"] == "answered"
