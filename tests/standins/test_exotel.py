"""Exotel's edge against a real Asterisk: inbound with its headers, outbound with its refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from ari_app.ops.asterisk import Installation
from phones.baresip import Softphone, SoftphoneLine
from phones.phone import Line, Phone
from phones.recordings import recording
from phones.sdp import Media
from phones.sip import SipMessage
from tests.phones.conftest import pbx, secure_pbx, sounds
from tests.phones.pbx import Pbx
from tests.standins.exotel import ExotelEdge, refusal

__all__ = ["pbx", "secure_pbx", "sounds"]
EXOPHONE, DOMAIN, CALLER = "+918000000000", "acme1.pstn.exotel.com", "+919812345678"
OFFER = Media("127.0.0.1", 4000, (8, 0), 101).describe()


def invite(uri: str = f"sip:{CALLER}@127.0.0.2:5070", caller: str = f"<sip:{EXOPHONE}@{DOMAIN}>;tag=1") -> SipMessage:
    return SipMessage(f"INVITE {uri} SIP/2.0\r\nFrom: {caller}\r\n\r\n{OFFER}")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (invite(), 0),
        (invite(caller=f'"Shop" <sip:{EXOPHONE}@{DOMAIN}>;tag=1'), 0),
        (invite(caller=f"<sip:{EXOPHONE}@other.pstn.exotel.com>;tag=1"), 403),
        (invite(caller=f"<sip:{EXOPHONE}@127.0.0.1>;tag=1"), 403),
        (invite(caller=f"<sip:+911111111111@{DOMAIN}>;tag=1"), 403),
        (invite(uri="sip:9812345678@127.0.0.2:5070"), 404),
        (invite(uri="sip:+15551234567@127.0.0.2:5070"), 404),
        (SipMessage(invite().text.replace("AVP 8 0", "AVP 9 18")), 488),
        (SipMessage(invite().text.partition("\r\n\r\n")[0] + "\r\n\r\n"), 488),
    ],
)
def test_outbound_calls_are_judged_as_documented(message: SipMessage, status: int) -> None:
    assert refusal(message, DOMAIN, EXOPHONE) == status


@pytest.fixture
def edge(installation: Installation) -> ExotelEdge:
    return ExotelEdge(Line(installation, timeout_s=10), "acme1", EXOPHONE)


@pytest.mark.asterisk
async def test_a_call_to_the_exophone_comes_from_the_edge(edge: ExotelEdge, pbx: Pbx, sounds: Path) -> None:
    async with await edge.deliver(CALLER, ("127.0.0.1", pbx.sip_port)) as phone:
        await phone.answered()
        await phone.play(recording(sounds, "digits/1"))
        await phone.press("1")
        await phone.hang_up()
    trace = phone.trace()
    assert len(trace.far_voiced) > 10
    sent = trace.sip[0].message
    assert sent.request_uri.startswith(f"sip:{EXOPHONE}@")
    assert EXOPHONE in sent.header("To")
    assert sent.header("From").startswith(f"<sip:{CALLER}@127.0.0.2>")
    assert sent.header("P-Asserted-Identity") == f"<sip:{CALLER}@127.0.0.2>"
    assert all(sent.header(f"X-Exotel-{name}") for name in ("CallSid", "LegSid", "TrunkSid"))
    assert "SIP/2.0/TCP 127.0.0.2:" in sent.header("Via")
    assert "RTP/AVP 8 0 96" in sent.body
    assert trace.answered_at is not None


@pytest.mark.asterisk
async def test_an_outbound_call_reaches_the_callee(edge: ExotelEdge, pbx: Pbx) -> None:
    async with (
        await edge.listen(pbx.edge_port) as callee,
        await Phone.call(edge.line, pbx.uri(f"out{CALLER}"), caller=CALLER) as caller,
    ):
        assert await edge.admit(callee) is None
        await callee.ring()
        await callee.pick_up()
        await caller.answered()
        await callee.press("12#")
        assert await caller.keys_heard(3) == "12#"
        await callee.hang_up()
        assert (await caller.ended()).by == "far"


@pytest.mark.asterisk
async def test_an_outbound_call_from_another_domain_is_refused(edge: ExotelEdge, pbx: Pbx) -> None:
    other = ExotelEdge(edge.line, "other1", EXOPHONE)
    async with (
        await other.listen(pbx.edge_port) as callee,
        await Phone.call(edge.line, pbx.uri(f"out{CALLER}"), caller=CALLER) as caller,
    ):
        end = await other.admit(callee)
        assert end is not None
        assert end.status == 403
        assert (await caller.ended()).how == "refused"


@pytest.mark.asterisk
async def test_a_call_over_tls_and_sdes_comes_from_the_edge(
    edge: ExotelEdge, secure_pbx: Pbx, sounds: Path, installation: Installation
) -> None:
    line = SoftphoneLine(installation, installation.baresip_modules_dir, host=edge.host, timeout_s=10)
    folder = secure_pbx.folder
    says = sounds / "vm-goodbye.wav"
    async with (
        edge.tls_relay(("127.0.0.1", secure_pbx.tls_port), folder / "cert.pem", folder / "key.pem") as (host, port),
        await Softphone.call(line, f"sip:{EXOPHONE}@{host}:{port}", caller=CALLER, says=says) as phone,
    ):
        await phone.answered()
        assert phone.encryption == "AES_CM_128_HMAC_SHA1_80"
        await phone.press("1")
        await phone.hang_up()
        await phone.ended()
    assert "PJSIP/exotel-" in secure_pbx.log()
