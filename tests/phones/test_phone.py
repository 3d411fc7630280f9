"""Phone against phone: two real SIPp processes, RTP over real sockets, over UDP and TCP."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.ops.asterisk.installation import Installation
from phones.errors import CallEndedError, PhoneError, PhoneTimeoutError
from phones.measure import answer_to_voice_ms, barge_in_stop_ms, jitter, key_gaps_ms, turn_gaps_ms
from phones.phone import Line, Phone
from phones.recordings import join, recording, silence
from phones.trace import End

pytestmark = pytest.mark.asterisk
OWN_BYE, FAR_BYE = End("phone", "bye", 200), End("far", "bye", 200)


@asynccontextmanager
async def pair(line: Line, headers: dict[str, str] | None = None) -> AsyncIterator[tuple[Phone, Phone]]:
    """A caller on its way to a callee that has just been invited."""
    async with (
        await Phone.listen(line) as callee,
        await Phone.call(line, f"sip:+918@127.0.0.1:{callee.sip_port}", caller="+919", headers=headers) as caller,
    ):
        await callee.invited()
        yield caller, callee


async def connect(caller: Phone, callee: Phone) -> None:
    await callee.answer()
    await caller.answered()


async def test_voice_and_keys_go_both_ways(line: Line, sounds: Path, tmp_path: Path) -> None:
    async with pair(line, headers={"X-Exotel-CallSid": "abc"}) as (caller, callee):
        invite = await callee.invited()
        assert (invite.request_uri, invite.header("X-Exotel-CallSid")) == (
            f"sip:+918@127.0.0.1:{callee.sip_port}",
            "abc",
        )
        await connect(caller, callee)
        await callee.play(recording(sounds, "digits/1"))
        await caller.agent_pauses(silence_ms=200)
        await caller.play(recording(sounds, "digits/2"))
        await callee.agent_pauses(silence_ms=200)
        await callee.play(recording(sounds, "digits/3"))
        await caller.press("12#")
        assert await callee.keys_heard(3) == "12#"
        await callee.press("*0")
        assert await caller.keys_heard(2) == "*0"
        assert await caller.hang_up() == OWN_BYE
        assert await callee.ended() == FAR_BYE
        caller.write_tape(tmp_path / "call.wav")
    trace = caller.trace()
    assert trace.answered_at is not None
    assert trace.ended_at is not None
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() / 8000 == pytest.approx(trace.ended_at - trace.answered_at, abs=0.2)
    voice = answer_to_voice_ms(trace)
    assert voice is not None
    assert voice < 400
    (gap,) = turn_gaps_ms(trace)
    assert 200 < gap < 1000
    assert [key.key for key in trace.keys] == ["1", "2", "#"]
    assert all(0.07 < key.ended_at - key.started_at < 0.13 for key in trace.keys)
    assert key_gaps_ms(trace) == ()
    spread = jitter(trace.arrivals)
    assert spread is not None
    assert spread.lost == 0


async def test_the_far_end_hangs_up(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await connect(caller, callee)
        assert await callee.hang_up() == OWN_BYE
        assert await caller.ended() == FAR_BYE
        with pytest.raises(CallEndedError, match=r"can't speak.*BYE"):
            await caller.play(silence(20))


async def test_both_hang_up_at_once(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await connect(caller, callee)
        ends = await asyncio.gather(caller.hang_up(), callee.hang_up())
        assert {end.how for end in ends} == {"bye"}


@pytest.mark.parametrize("status", [403, 404, 408, 480, 486, 500, 503, 603])
async def test_a_refusal_has_its_code(line: Line, status: int) -> None:
    async with pair(line) as (caller, callee):
        refused = await callee.refuse(status)
        assert (refused.by, refused.how, refused.status) == ("phone", "refused", status)
        end = await caller.ended()
        assert (end.by, end.how, end.status) == ("far", "refused", status)
    assert caller.trace().answered_at is None
    assert caller.trace().ended_at is not None


async def test_nobody_answers_and_the_caller_gives_up(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await callee.ring()
        assert await caller.ringing() == 180
        assert await caller.hang_up() == End("phone", "cancel", 487)
        assert await callee.ended() == End("far", "cancel", 487)
        with pytest.raises(CallEndedError, match="cancel"):
            await callee.pick_up()


async def test_early_media_is_heard_before_the_answer(line: Line, sounds: Path) -> None:
    async with pair(line) as (caller, callee):
        await callee.early_media()
        assert await caller.ringing() == 183
        await callee.play(recording(sounds, "digits/1"))
        await caller.agent_pauses(silence_ms=100)
        await callee.pick_up()
        await caller.answered()
        await callee.play(recording(sounds, "digits/2"))
        await caller.agent_starts()
        await caller.hang_up()
        await callee.ended()
    trace = caller.trace()
    assert trace.answered_at is not None
    assert trace.far_voiced[0] < trace.answered_at
    assert answer_to_voice_ms(trace) == pytest.approx(200, abs=200)


async def test_speaking_over_the_far_end(line: Line, sounds: Path) -> None:
    async with pair(line) as (caller, callee):
        await connect(caller, callee)
        speech = asyncio.create_task(callee.play(join(*[recording(sounds, "digits/8")] * 5)))
        await caller.agent_starts()
        await caller.pause(0.3)
        assert caller.agent_speaking
        await caller.play(recording(sounds, "digits/1"))
        await speech
        await caller.hang_up()
        await callee.ended()
    (stop,) = barge_in_stop_ms(caller.trace(), gap_ms=500)
    assert stop > 500


async def test_waits_have_deadlines_and_tell_the_story(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await callee.ring()
        with pytest.raises(PhoneTimeoutError, match=r"expected the answer within 0\.3 s; so far: \+919: .*180 Ringing"):
            await caller.answered(timeout_s=0.3)
        with pytest.raises(PhoneError, match="RTP address"):
            await caller.play(silence(20))
        await callee.pick_up()
        with pytest.raises(PhoneTimeoutError, match="far end's voice"):
            await caller.agent_starts(timeout_s=0.3)


async def test_leaving_the_block_hangs_up_and_leaves_nothing(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await connect(caller, callee)
    assert caller.end is not None
    assert caller.end.how == "bye"
    assert await callee.ended() is not None
    for phone in (caller, callee):
        await phone.close()


async def test_leaving_a_ringing_call_refuses_it(line: Line) -> None:
    async with pair(line) as (caller, callee):
        await callee.ring()
        await callee.close()
        assert (await caller.ended()).status == 480


async def test_a_phone_that_nobody_calls_is_closed_quickly(line: Line) -> None:
    async with asyncio.timeout(3):
        async with await Phone.listen(line) as phone:
            assert phone.sip_port > 0


async def test_nobody_listens(installation: Installation) -> None:
    """Over TCP: over UDP it takes the 32 s of RFC 3261's timer B."""
    caller = await Phone.call(Line(installation, transport="tcp"), "sip:1@127.0.0.1:9", caller="+919")
    async with caller:
        end = await caller.ended(timeout_s=5)
    assert (end.by, end.how) == ("nobody", "lost")
    assert end.reason
