"""Phones against a real Asterisk with a dialplan of a few lines."""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path

import pytest

from ari_app.ops.asterisk.installation import Installation
from phones.measure import answer_to_voice_ms, jitter
from phones.phone import Line, Phone
from phones.recordings import recording
from phones.trace import CallTrace
from tests.phones.pbx import Pbx

pytestmark = pytest.mark.asterisk
CALLER = "+919812345678"


async def test_echo_hears_what_was_said(line: Line, pbx: Pbx, sounds: Path) -> None:
    async with await Phone.call(line, pbx.uri("echo"), caller=CALLER) as phone:
        await phone.answered()
        await phone.play(recording(sounds, "digits/1"))
        await phone.pause(0.1)
        assert (await phone.hang_up()).by == "phone"
    trace = phone.trace()
    assert abs(len(trace.far_voiced) - len(trace.own_voiced)) <= 2
    echo_ms = [(far - own) * 1000 for own, far in zip(trace.own_voiced, trace.far_voiced, strict=False)]
    assert 0 < sorted(echo_ms)[len(echo_ms) // 2] < 30


async def test_keys_are_read_and_said_and_the_far_end_hangs_up(line: Line, pbx: Pbx) -> None:
    async with await Phone.call(line, pbx.uri("digits"), caller=CALLER) as phone:
        await phone.answered()
        await phone.agent_pauses(silence_ms=200)
        await phone.press("427")
        await phone.agent_starts()
        end = await phone.ended()
    assert (end.by, end.how, end.status) == ("far", "bye", 200)
    trace = phone.trace()
    assert len([at for at in trace.far_voiced if at > trace.keys[-1].ended_at]) > 40


async def test_busy_comes_with_its_cause(line: Line, pbx: Pbx) -> None:
    async with await Phone.call(line, pbx.uri("busy"), caller=CALLER) as phone:
        end = await phone.ended()
    assert (end.by, end.how, end.status, end.cause) == ("far", "refused", 486, 17)


async def test_giving_up_before_it_rings(line: Line, pbx: Pbx) -> None:
    async with await Phone.call(line, pbx.uri("mute"), caller=CALLER) as phone:
        end = await phone.hang_up()
    assert (end.by, end.how, end.status) == ("phone", "cancel", 487)


async def test_asterisk_calls_a_phone_that_answers_speaks_and_hangs_up(line: Line, pbx: Pbx, sounds: Path) -> None:
    callee_line = Line(line.programs, transport="udp", timeout_s=10)
    async with (
        await Phone.listen(callee_line, sip_port=pbx.callee_port) as callee,
        await Phone.call(line, pbx.uri("call77"), caller=CALLER) as caller,
    ):
        invite = await callee.invited()
        assert "+919812345678" in invite.header("From")
        await callee.ring()
        assert await caller.ringing() == 180
        await callee.pick_up()
        await caller.answered()
        await callee.play(recording(sounds, "digits/1"))
        await caller.agent_pauses(silence_ms=100)
        await caller.press("5")
        assert await callee.keys_heard(1) == "5"
        await callee.hang_up()
        assert (await caller.ended()).by == "far"


async def test_asterisk_gives_up_a_call_that_nobody_answers(line: Line, pbx: Pbx) -> None:
    callee_line = Line(line.programs, transport="udp", timeout_s=10)
    async with (
        await Phone.listen(callee_line, sip_port=pbx.callee_port) as callee,
        await Phone.call(line, pbx.uri("call77"), caller=CALLER) as caller,
    ):
        await callee.invited()
        await callee.ring()
        await caller.ringing()
        assert (await caller.hang_up()).how == "cancel"
        end = await callee.ended()
    assert (end.by, end.how) == ("far", "cancel")


@pytest.mark.parametrize("status", [404, 480, 486, 503, 603])
async def test_a_refusal_passes_through_asterisk(installation: Installation, pbx: Pbx, status: int) -> None:
    line = Line(installation, timeout_s=10)
    async with (
        await Phone.listen(line, sip_port=pbx.callee_port) as callee,
        await Phone.call(line, pbx.uri("call77"), caller=CALLER) as caller,
    ):
        await callee.refuse(status)
        end = await caller.ended()
    assert (end.by, end.how) == ("far", "refused")
    assert end.status >= 400


async def test_twenty_calls_at_once(pbx: Pbx, installation: Installation, sounds: Path) -> None:
    line = Line(installation, timeout_s=20)
    clip = recording(sounds, "vm-goodbye")
    before, started = _cpu_s(), time.monotonic()

    async def one(number: int) -> CallTrace:
        async with await Phone.call(line, pbx.uri("echo"), caller=f"+9198000000{number:02}") as phone:
            await phone.answered()
            for _ in range(3):
                await phone.play(clip)
            await phone.hang_up()
            return phone.trace()

    traces = await asyncio.gather(*(one(number) for number in range(20)))
    own, children = (after - was for after, was in zip(_cpu_s(), before, strict=True))
    spreads = [spread for trace in traces if (spread := jitter(trace.arrivals))]
    print(  # noqa: T201
        f"20 calls in {time.monotonic() - started:.1f} s: phones {own:.2f} s of CPU, SIPp {children:.2f} s; "
        f"jitter p99 at worst {max(spread.p99_ms for spread in spreads):.1f} ms"
    )
    assert len(spreads) == 20
    assert sum(spread.lost for spread in spreads) == 0
    assert all(answer_to_voice_ms(trace) is not None for trace in traces)
    assert all(len(trace.far_voiced) > 0.9 * len(trace.own_voiced) for trace in traces)


def _cpu_s() -> tuple[float, float]:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return usage[0].ru_utime + usage[0].ru_stime, usage[1].ru_utime + usage[1].ru_stime
