"""Who may call, what they hear when Mercury is away, and what Asterisk says to Exotel's edge."""

from __future__ import annotations

import asyncio
import socket
import ssl
import uuid
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from ari_app.ops.asterisk.certificate import Certificate, ensure_certificate
from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.settings import SipSettings
from media.audio.g711 import ALAW
from tests.asterisk.sip_peer import Edge, StreamWire, UdpWire, final_answer, header, offer, request, response, status
from tests.conftest import StartAsterisk
from tests.running_asterisk import RunningAsterisk

pytestmark = pytest.mark.asterisk

_EDGE = "127.0.0.2"
_STRANGER = "127.0.0.9"
_EXOTEL = {"account_sid": "shop1", "exophone": "+918047100000", "allow": [f"{_EDGE}/32"]}


def _sip(running: RunningAsterisk) -> tuple[str, int]:
    return running.endpoints.sip_host, running.endpoints.udp_port


async def _ask(running: RunningAsterisk, host: str, method: str, user: str) -> str:
    wire = UdpWire(host, _sip(running))
    try:
        body = offer(host, 40000) if method == "INVITE" else ""
        await wire.send(request(method, f"sip:{user}@127.0.0.1", wire, body=body))
        return await final_answer(wire)
    finally:
        wire.close()


@pytest.mark.parametrize("user", ["+918047100000", "18001234", "100"])
async def test_a_number_is_an_extension(asterisk: RunningAsterisk, user: str) -> None:
    assert status(await _ask(asterisk, "127.0.0.1", "OPTIONS", user)) == 200


@pytest.mark.parametrize(
    "user", ["support", "+9180x7100000", "1234567890123456", "12345,1,Dial(PJSIP/1)", "1+2", "s", "FAILED"]
)
async def test_anything_but_digits_is_not_found(asterisk: RunningAsterisk, user: str) -> None:
    assert status(await _ask(asterisk, "127.0.0.1", "INVITE", user)) == 404


async def test_one_digit_is_too_few(asterisk: RunningAsterisk) -> None:
    assert status(await _ask(asterisk, "127.0.0.1", "INVITE", "9")) == 484


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER"])
async def test_a_stranger_is_refused(asterisk: RunningAsterisk, method: str) -> None:
    assert status(await _ask(asterisk, _STRANGER, method, "+918047100000")) == 403


async def test_a_stranger_is_refused_over_tcp(asterisk: RunningAsterisk) -> None:
    wire = await StreamWire.connect(_STRANGER, (asterisk.endpoints.sip_host, asterisk.endpoints.tcp_port))
    await wire.send(request("INVITE", "sip:+918047100000@127.0.0.1", wire, body=offer(_STRANGER, 40000)))
    assert status(await final_answer(wire)) == 403
    wire.close()


class _Ear(asyncio.DatagramProtocol):
    """Keeps what is heard on an RTP port."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.payload_types: set[int] = set()

    def datagram_received(self, data: bytes, _address: tuple[str | Any, int]) -> None:
        self.payload_types.add(data[1] & 0x7F)
        self.heard += data[12:]


def _middle_of(recording: Path, *, ms: int = 200) -> bytes:
    """A stretch of a recording as it is on the wire."""
    with wave.open(str(recording)) as file:
        pcm = file.readframes(file.getnframes())
    middle, length = len(pcm) // 4 * 2, 16 * ms
    return ALAW.encode(pcm[middle - length // 2 : middle + length // 2])


async def test_the_caller_hears_an_apology_and_the_fallback_number_when_mercury_is_away(
    own_asterisk: StartAsterisk,
) -> None:
    running = await own_asterisk({"calls": {"fallback_number": "+112"}})
    ear = _Ear()
    loop = asyncio.get_running_loop()
    rtp, _ = await loop.create_datagram_endpoint(lambda: ear, local_addr=("127.0.0.1", 0))
    port = rtp.get_extra_info("sockname")[1]
    wire, call_id = UdpWire("127.0.0.1", _sip(running)), uuid.uuid4().hex
    uri = "sip:+918047100000@127.0.0.1"
    await wire.send(request("INVITE", uri, wire, body=offer("127.0.0.1", port), call_id=call_id))
    answered = await final_answer(wire)
    assert status(answered) == 200
    assert "RTP/AVP 8 0 96" in answered
    await wire.send(request("ACK", uri, wire, f"To: {header(answered, 'To')}", call_id=call_id))
    ports = range(running.endpoints.rtp_start, running.endpoints.rtp_end + 1)
    media = {(host, port) for host, port in running.listening("udp") if port in ports}
    assert {host for host, _ in media} == {"127.0.0.1"}, f"RTP is open to other hosts: {media}"
    ended = await final_answer(wire)
    assert ended.startswith("BYE ")
    await wire.send(response(ended, "200 OK"))
    rtp.close()
    wire.close()
    assert ear.payload_types == {8}
    sounds = running.installation.sounds_dir
    places = [
        bytes(ear.heard).find(_middle_of(sounds / f"{name}.wav"))
        for name in ("vm-nobodyavail", "telephone-number", "digits/1", "digits/2", "goodbye")
    ]
    assert places == sorted(places), f"heard out of order, or not at all (-1): {places}"
    assert places[0] >= 0
    assert "0 active channels" in await running.cli("core show channels count")


@pytest_asyncio.fixture
async def edge() -> AsyncIterator[Edge]:
    """Exotel's edge, not yet listening."""
    edge = Edge()
    yield edge
    edge.close()


def _ari(running: RunningAsterisk) -> aiohttp.ClientSession:
    user = running.settings.asterisk.ari_user
    headers = {"Authorization": aiohttp.encode_basic_auth(user, running.secrets.ari_password)}
    return aiohttp.ClientSession(headers=headers)


async def _call_exotel(running: RunningAsterisk) -> None:
    query = {"endpoint": "PJSIP/+919812345678@exotel", "app": "mercury", "callerId": "+918047100000", "formats": "alaw"}
    async with (
        _ari(running) as session,
        session.post(running.endpoints.ari_url + "/channels", params=query) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def test_exotel_is_called_as_it_wants(own_asterisk: StartAsterisk, edge: Edge) -> None:
    port = await edge.listen(_EDGE)
    edges = [f"{_EDGE}:{port}", "127.0.0.3:5070", "127.0.0.1:5070"]
    running = await own_asterisk({"exotel": {**_EXOTEL, "edges": edges}})
    await _call_exotel(running)
    invite = await (wire := await edge.connection()).receive()
    await wire.send(response(invite, "486 Busy Here"))
    assert invite.startswith(f"INVITE sip:+919812345678@{_EDGE}:{port};transport=tcp SIP/2.0")
    assert "<sip:+918047100000@shop1.pstn.exotel.com>" in header(invite, "From")
    assert "RTP/AVP 8 0 101" in invite
    assert "a=rtpmap:101 telephone-event/8000" in invite
    assert header(invite, "User-Agent") == "SIP"
    assert (await wire.receive()).startswith("ACK ")


async def test_exotel_calls_in_over_tcp(own_asterisk: StartAsterisk) -> None:
    running = await own_asterisk({"exotel": {**_EXOTEL, "edges": [f"{_EDGE}:5070"]}, "test_trunk": {"enabled": False}})
    wire = await StreamWire.connect(_EDGE, (running.endpoints.sip_host, running.endpoints.tcp_port))
    uri = "sip:+918047100000@127.0.0.1"
    asserted = "P-Asserted-Identity: <sip:+919812345678@exotel>"
    invite = request("INVITE", uri, wire, "X-Exotel-CallSid: 4711", asserted, body=offer(_EDGE, 40000))
    url = running.endpoints.ari_url
    async with _ari(running) as session, session.ws_connect(url + "/events", params={"app": "mercury"}) as events:
        await wire.send(invite)
        start = await events.receive_json(timeout=5)
        assert start["type"] == "StasisStart"
        assert start["args"] == ["inbound", "exotel", "+918047100000"]
        assert start["channel"]["caller"]["number"] == "+919812345678"
        channel = f"{url}/channels/{start['channel']['id']}"
        query = {"variable": "PJSIP_HEADER(read,X-Exotel-CallSid)"}
        async with session.get(channel + "/variable", params=query) as answer:
            assert (await answer.json())["value"] == "4711"
        async with session.post(channel + "/answer") as answer:
            assert answer.status == 204
        assert "RTP/AVP 8 0 96" in await final_answer(wire)
        async with session.delete(channel) as answer:
            assert answer.status == 204
    wire.close()
    assert status(await _ask(running, "127.0.0.1", "INVITE", "+918047100000")) == 403


async def test_exotel_over_tls_speaks_srtp(
    own_asterisk: StartAsterisk, edge: Edge, installation: Installation, tmp_path: Path
) -> None:
    certificate = ensure_certificate(SipSettings(host=_EDGE), tmp_path, installation)
    assert certificate
    port = await edge.listen(_EDGE, _server_side(certificate))
    changes = {"transport": "tls", "edges": [f"{_EDGE}:{port}"], "tls_ca": certificate.certificate}
    running = await own_asterisk({"exotel": {**_EXOTEL, **changes}})
    await _call_exotel(running)
    invite = await (wire := await edge.connection()).receive()
    await wire.send(response(invite, "603 Decline"))
    assert "RTP/SAVP 8 0 101" in invite
    assert "AES_CM_128_HMAC_SHA1_80" in invite


async def test_an_edge_with_an_unknown_certificate_is_not_spoken_to(
    own_asterisk: StartAsterisk, edge: Edge, installation: Installation, tmp_path: Path
) -> None:
    certificate = ensure_certificate(SipSettings(host=_EDGE), tmp_path, installation)
    assert certificate
    port = await edge.listen(_EDGE, _server_side(certificate))
    running = await own_asterisk({"exotel": {**_EXOTEL, "transport": "tls", "edges": [f"{_EDGE}:{port}"]}})
    await _call_exotel(running)
    with pytest.raises((TimeoutError, asyncio.IncompleteReadError)):
        async with asyncio.timeout(2):
            await (await edge.connection()).receive()


async def test_the_tls_listener_answers_exotel(own_asterisk: StartAsterisk) -> None:
    running = await own_asterisk({"exotel": {**_EXOTEL, "transport": "tls", "edges": [_EDGE]}})
    assert running.prepared.certificate
    client_side = ssl.create_default_context(cafile=str(running.prepared.certificate.certificate))
    wire = await StreamWire.connect(_EDGE, ("127.0.0.1", running.endpoints.tls_port), client_side)
    await wire.send(request("OPTIONS", "sip:+918047100000@127.0.0.1", wire))
    assert status(await final_answer(wire)) == 200
    wire.close()


def _server_side(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


def test_loopback_has_the_addresses_that_these_tests_call_from() -> None:
    for host in (_EDGE, _STRANGER):
        with socket.socket() as probe:
            probe.bind((host, 0))
