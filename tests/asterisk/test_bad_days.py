"""Bad days of the others: Jupiter away, Mercury killed, audio that stops, RTP that is none of the caller's."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket

import pytest

from media.rtp.packet import RtpPacket
from phones.recordings import recording
from tests.asterisk.conftest import Apart
from tests.asterisk.mercury import Mercury, history, new_number, spoken, until
from tests.asterisk.spoof import Spoofer

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def test_a_decision_is_kept_while_jupiter_is_away(mercury: Mercury) -> None:
    number, phone = await mercury.callee()
    await mercury.backend.go()
    try:
        async with phone:
            call_id = await mercury.initiate(number)
            await phone.answer()
            await phone.press("125#")
            assert (await phone.ended()).by == "far"

        async def look() -> bool:
            record = await mercury.record(call_id)
            return bool(record["ended_at"]) and record["callback"]["attempts"] > 0

        await until(look, "an end on record, and an attempt to tell it")
        record = await mercury.record(call_id)
        assert (record["outcome"], record["callback"]["status"]) == ("confirmed", "pending")
        assert "ready in 25 minutes" in spoken(record), "the vendor was told, whatever Jupiter does"
    finally:
        await mercury.backend.come()
    record = await mercury.ended(call_id)
    assert record["callback"]["status"] == "delivered"
    assert [result["verified"] for result in mercury.backend.results(call_id)] == [True]


async def test_a_lookup_that_fails_is_told_and_the_call_goes_on(mercury: Mercury) -> None:
    await mercury.backend.go()
    try:
        async with await mercury.dial(caller := new_number()) as phone:
            await phone.answered()
            await phone.press("15001#")
            call_id = await mercury.call_from(caller)
            await mercury.noted(call_id, "fetch_failed")
            await mercury.noted(call_id, "said", utterance="status_unknown.say.5")
            await phone.press("0")
            await mercury.noted(call_id, "transfer_started")
            await phone.hang_up()
    finally:
        await mercury.backend.come()
    record = await mercury.ended(call_id)
    assert "I can't find that order just now" in spoken(record)
    assert record["outcome"] == "hung_up"


async def test_audio_that_stops_ends_the_call(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        phone.send_rtp(on=False)
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["status"], record["reason"]) == ("completed", "the caller's audio stopped")


async def test_a_media_channel_that_ends_ends_the_call(mercury: Mercury) -> None:
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        call_id = await mercury.call_from(caller)
        await mercury.ari(f"/channels/mercury-node-1-{call_id}-media", "DELETE")
        assert (await phone.ended()).by == "far"
    assert (await mercury.ended(call_id))["outcome"] == "hung_up"


async def test_rtp_of_strangers_is_counted_and_dropped(mercury: Mercury) -> None:
    """They shout all the way through: the agent is not interrupted, and the caller is served."""
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        call_id = await mercury.call_from(caller)
        to, source = await _media_path(mercury, call_id)
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
            for datagram in (*_shouts(mercury, random.getrandbits(32)), *_garbage()):
                stranger.sendto(datagram, to)
                phone.inject(datagram)
        spoofed = _send_as(source, to, [*_shouts(mercury, random.getrandbits(32)), *_garbage()])
        await phone.pause(0.5)
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(call_id)
    assert record["outcome"] == "answered"
    assert history(record, "barged_in") == []
    (counts,) = history(record, "media_closed")
    assert counts["wrong_source"] == _SHOUTS + _GARBAGE
    assert (counts["wrong_ssrc"], counts["malformed"]) == ((_SHOUTS, _GARBAGE) if spoofed else (0, 0))
    assert counts["received"] > 50


_SHOUTS, _GARBAGE = 25, 30


def _shouts(mercury: Mercury, ssrc: int) -> list[bytes]:
    """Half a second of a voice."""
    audio = recording(mercury.sounds, "cancelled").samples
    packets = (
        RtpPacket(0, number, number * 160, ssrc, bytes(audio[number * 320 : number * 320 + 160]))
        for number in range(_SHOUTS)
    )
    return [bytes(packet) for packet in packets]


def _garbage() -> list[bytes]:
    """No RTP of any version: empty, short, a wrong version, a header that promises more than there is."""
    made = [
        b"",
        b"\x80",
        b"\x00" * 172,
        b"\x8f\x08" + b"\0" * 20,
        b"\xb0\x08" + b"\xff" * 30,
        b"\x80\x7f" + b"\0" * 170,
    ]
    return made * (_GARBAGE // len(made))


def _send_as(source: tuple[str, int], to: tuple[str, int], datagrams: list[bytes]) -> bool:
    """As Asterisk itself would; False where this machine does not let us."""
    try:
        spoofer = Spoofer(source, to)
    except PermissionError:
        return False
    with contextlib.closing(spoofer):
        for datagram in datagrams:
            spoofer.send(datagram)
    return True


async def _media_path(mercury: Mercury, call_id: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """Mercury's own RTP address, and Asterisk's."""
    channel = f"/channels/mercury-node-1-{call_id}-media"
    found = re.match(r"UnicastRTP/([\d.]+):(\d+)", (await mercury.ari(channel))["name"])
    assert found
    port = await mercury.ari(f"{channel}/variable?variable=UNICASTRTP_LOCAL_PORT")
    host = await mercury.ari(f"{channel}/variable?variable=UNICASTRTP_LOCAL_ADDRESS")
    return (found[1], int(found[2])), (host["value"], int(port["value"]))


async def test_a_stop_lets_live_calls_end_and_takes_no_more(apart: Apart) -> None:
    mercury = apart.mercury
    async with await mercury.dial(caller := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        call_id = await mercury.call_from(caller)
        stopping = asyncio.create_task(mercury.stop())

        async def look() -> bool:
            return bool(mercury.logged("desk.draining"))

        await until(look, "that the desk drains")
        async with await mercury.dial() as late:
            end = await late.ended()
            assert (end.how, end.status) == ("refused", 486)
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    assert await stopping == 0
    await mercury.spawn()
    await mercury.up()
    assert (await mercury.ended(call_id))["outcome"] == "answered"


async def test_a_killed_mercury_is_missed_by_nobody(apart: Apart) -> None:
    """New callers are told by the dialplan; started again, it goes on with its calls and delivers what was decided."""
    mercury = apart.mercury
    (confirming, first), (asking, second) = [await mercury.callee() for _ in range(2)]
    async with first, second, await mercury.dial(caller := new_number()) as customer:
        await mercury.backend.go()
        decided, open_one = await mercury.initiate(confirming), await mercury.initiate(asking)
        await first.answer()
        await second.answer()
        await customer.agent_starts()
        await second.agent_starts()
        await first.press("125#")
        await mercury.noted(decided, "decided")
        answering = await mercury.call_from(caller)
        await mercury.kill()
        assert len(await mercury.left_in_asterisk()) == 9
        async with await mercury.dial() as late:
            await late.answered()
            await late.agent_starts()
            await late.hang_up()
        await mercury.backend.come()
        await mercury.spawn()
        await mercury.up()
        assert (await first.ended()).by == "far"
        await second.agent_starts()
        await second.press("125#")
        assert (await second.ended()).by == "far"
        await customer.agent_starts()
        await customer.hang_up()
    records = [await mercury.ended(call_id) for call_id in (decided, open_one, answering)]
    assert [record["outcome"] for record in records] == ["confirmed", "confirmed", "hung_up"]
    assert all(history(record, "resumed") for record in records)
    for call_id, outcome in ((decided, "confirmed"), (open_one, "confirmed")):
        (result,) = mercury.backend.results(call_id)
        assert (result["verified"], result["body"]["data"]["outcome"]) == (True, outcome)
