"""Who answers, on the wire: ringing, the network's early media, a person, a voicemail."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest

from media.audio.pcm import TELEPHONE_RATE, Pcm
from phones.phone import Phone
from phones.recordings import join, recording, silence
from tests.asterisk.mercury import Mercury, history, spoken

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_MESSAGE = "There is a new order for you"


def beep(duration_ms: int = 400, hertz: int = 1000) -> Pcm:
    count = TELEPHONE_RATE * duration_ms // 1000
    wave = (round(6000 * math.sin(2 * math.pi * hertz * n / TELEPHONE_RATE)) for n in range(count))
    return Pcm(TELEPHONE_RATE, struct.pack(f"<{count}h", *wave))


def greeting(mercury: Mercury) -> Pcm:
    """Some five seconds of a voicemail's words, without its beep."""
    words = [recording(mercury.sounds, name) for name in ("vm-theperson", "vm-isunavail", "vm-intro")]
    return join(silence(300), *words, silence(300))


async def _callee(mercury: Mercury, machine: str, language: str = "en") -> tuple[str, Phone]:
    number, phone = await mercury.callee()
    return await mercury.initiate(number, machine=machine, language=language), phone


def _kinds(record: dict[str, Any], *kinds: str) -> list[str]:
    return [event["kind"] for event in record["events"] if event["kind"] in kinds]


def _judged(record: dict[str, Any]) -> list[str]:
    return [line["callee"] for line in history(record, "callee")]


@pytest.mark.parametrize(("machine", "waits"), [("hang_up", True), ("human_first", False)])
async def test_a_person_who_says_hello_is_talked_with(mercury: Mercury, machine: str, waits: bool) -> None:
    call_id, phone = await _callee(mercury, machine)
    async with phone:
        await phone.answer(ring_s=0.1)
        await phone.play(join(silence(300), recording(mercury.sounds, "hello"), silence(1200)))
        await phone.agent_starts()
        await phone.hang_up()
    record = await mercury.ended(call_id)
    (verdict,) = history(record, "callee")
    assert (record["outcome"], verdict["callee"]) == ("hung_up", "human")
    assert (history(record, "agent_started")[0]["ms"] >= verdict["ms"]) is waits
    assert _kinds(record, "ringing", "early_media") == ["ringing"]


async def test_a_voicemail_is_hung_up_on_and_called_again_by_its_rule(mercury: Mercury) -> None:
    call_id, phone = await _callee(mercury, "hang_up")
    async with phone:
        await phone.answer()
        await phone.play(greeting(mercury))
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"]) == ("no-answer", "machine")
    assert _judged(record)[-1] == "machine"
    assert not history(record, "decided")


async def test_a_message_is_left_after_the_beep(mercury: Mercury) -> None:
    call_id, phone = await _callee(mercury, "leave_message")
    async with phone:
        await phone.answer()
        await phone.play(join(recording(mercury.sounds, "vm-isunavail"), silence(300), beep(), silence(1000)))
        await phone.ended(timeout_s=30)
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"]) == ("completed", "message_left")
    assert _MESSAGE in spoken(record)
    (over,) = history(record, "greeting_over")
    (begun,) = history(record, "message_begun")
    assert over["beep_ms"] is not None
    assert 0 <= begun["ms"] - over["beep_ms"] < 1000


@pytest.mark.slow
async def test_an_announcement_after_the_answer_is_a_machine_for_a_flow_that_has_begun(mercury: Mercury) -> None:
    """As Exotel may: it answers, and plays that the number can't be reached. (No recogniser finds an answer in it.)"""
    call_id, phone = await _callee(mercury, "human_first", language="hi")
    async with phone:
        await phone.answer()
        await phone.play(join(greeting(mercury), greeting(mercury)))
        await phone.ended(timeout_s=20)
    record = await mercury.ended(call_id)
    assert record["outcome"] == "machine"


async def test_an_announcement_before_the_answer_is_nobody(mercury: Mercury) -> None:
    """The network says that the phone is switched off (183), and gives up (480): no flow, no verdict, no person."""
    call_id, phone = await _callee(mercury, "human_first")
    async with phone:
        await phone.invited()
        await phone.early_media()
        await phone.play(recording(mercury.sounds, "vm-isunavail"))
        await phone.refuse(480)
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"], record["cause"]) == ("no-answer", "no_answer", 19)
    assert _kinds(record, "ringing", "early_media") == ["early_media"]
    assert not _judged(record)
    assert not spoken(record)
    assert record["answered_at"] is None


async def test_early_media_and_then_a_person(mercury: Mercury) -> None:
    """A tune instead of the ringing tone, then the answer: what was heard before it is no greeting."""
    call_id, phone = await _callee(mercury, "hang_up")
    async with phone:
        await phone.invited()
        await phone.early_media()
        await phone.play(recording(mercury.sounds, "vm-isunavail"))
        await phone.pick_up()
        await phone.play(join(silence(300), recording(mercury.sounds, "hello"), silence(1200)))
        await phone.agent_starts()
        await phone.hang_up()
    record = await mercury.ended(call_id)
    assert record["outcome"] == "hung_up"
    assert _judged(record) == ["human"]
