"""Exotel's trunk with Mercury behind it: its edge calls in and is called, over TCP and over TLS with SDES."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk import Installation
from media.audio.levels import rms, rms_of
from media.audio.wav import read_wav
from phones.baresip import Softphone, SoftphoneLine
from tests.asterisk.conftest import EXOPHONE, StartMercury
from tests.asterisk.mercury import Mercury, history, new_number, spoken
from tests.asterisk.sip_peer import StreamWire, final_answer, offer, request, status
from tests.standins.exotel import ExotelEdge

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_STRANGER = "127.0.0.9"


async def test_a_customer_calls_the_exophone(mercury: Mercury, edge: ExotelEdge) -> None:
    host, _, port = mercury.running.sip_tcp.rpartition(":")
    async with await edge.deliver(caller := new_number(), (host, int(port))) as phone:
        await phone.answered()
        await phone.agent_starts()
        await phone.press("15001#2")
        assert (await phone.ended()).by == "far"
    record = await mercury.ended(await mercury.call_from(caller))
    assert (record["flow"], record["outcome"]) == ("customer_support", "answered")
    assert (record["to"], record["from"]) == (EXOPHONE, caller)
    assert "Thank you for calling" in spoken(record)


async def test_a_vendor_is_called_over_exotel(mercury: Mercury, edge: ExotelEdge, edge_port: int) -> None:
    async with await edge.listen(edge_port) as phone:
        call_id = await mercury.initiate(callee := new_number())
        assert await edge.admit(phone) is None
        await phone.ring()
        await phone.pick_up()
        await phone.agent_starts()
        await phone.press("125#")
        await phone.ended()
    invite = phone.trace().sip[0].message
    assert invite.request_uri.startswith(f"sip:{callee}@{edge.host}:{edge_port}")
    assert f"<sip:{EXOPHONE}@{edge.domain}>" in invite.header("From")
    record = await mercury.ended(call_id)
    assert (record["outcome"], record["data"]["ready_in"], record["from"]) == ("confirmed", 25, EXOPHONE)


async def test_an_edge_that_refuses_us_is_an_outcome(mercury: Mercury, edge: ExotelEdge, edge_port: int) -> None:
    """Exotel knows this trunk under another account: 403."""
    other = ExotelEdge(edge.line, "other1", edge.exophone)
    async with await other.listen(edge_port) as phone:
        call_id = await mercury.initiate(new_number())
        assert await other.admit(phone)
    record = await mercury.ended(call_id)
    assert (record["status"], record["outcome"], record["cause"]) == ("failed", "refused", 21)
    assert "caller id" in record["reason"]


async def test_an_edge_that_is_away_is_an_outcome(mercury: Mercury) -> None:
    record = await mercury.ended(await mercury.initiate(new_number()))
    assert record["status"] == "failed"
    assert record["outcome"] == "unreachable"
    assert len(mercury.backend.results(record["id"])) == 1


async def test_a_stranger_reaches_nobody(mercury: Mercury) -> None:
    host, _, port = mercury.running.sip_tcp.rpartition(":")
    wire = await StreamWire.connect(_STRANGER, (host, int(port)))
    await wire.send(request("INVITE", f"sip:{EXOPHONE}@{host}", wire, body=offer(_STRANGER, 40000)))
    assert status(await final_answer(wire)) == 403
    wire.close()
    assert await mercury.left_in_asterisk() == []


async def test_a_customer_calls_over_tls_and_sdes(
    own_mercury: StartMercury, edge: ExotelEdge, exotel: dict[str, Any], installation: Installation, tmp_path: Path
) -> None:
    mercury = await own_mercury({"exotel": {**exotel, "transport": "tls"}})
    host, _, port = mercury.running.sip_tls.rpartition(":")
    keys = mercury.run_dir / "asterisk" / "keys"
    line = SoftphoneLine(installation, installation.baresip_modules_dir, host=edge.host, timeout_s=15)
    says = mercury.sounds / "silence" / "10.wav"
    async with (
        edge.tls_relay((host, int(port)), keys / "sip.pem", keys / "sip.key") as (relay, relay_port),
        await Softphone.call(
            line, f"sip:{EXOPHONE}@{relay}:{relay_port}", caller=(caller := new_number()), says=says
        ) as phone,
    ):
        await phone.answered()
        assert phone.encryption == "AES_CM_128_HMAC_SHA1_80"
        call_id = await mercury.call_from(caller)
        await mercury.noted(call_id, "agent_started")
        await phone.press("2")
        await mercury.noted(call_id, "agent_started", utterance="cancel_number.ask.3")
        await phone.hang_up()
        await phone.ended()
        phone.copy_heard(tmp_path / "heard.wav")
    record = await mercury.ended(call_id)
    assert (record["outcome"], record["to"]) == ("hung_up", EXOPHONE)
    assert [line["digit"] for line in history(record, "key")] == ["2"]
    assert rms(read_wav(tmp_path / "heard.wav").samples) > rms_of(-40)
    await mercury.is_idle()
