"""Every codec of RTP through the real Asterisk, both ways: an ExternalMedia channel bridged with one in A-law."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import numpy as np
import pytest
import pytest_asyncio

from ari_app import ari
from media.audio.codecs.protocol import Codec
from media.audio.codecs.registry import ON_RTP
from media.audio.g711 import ALAW, ULAW
from media.audio.pcm import FRAME_BYTES
from media.rtp.jitter import JitterBuffer
from media.rtp.packet import RtpPacket, parse
from media.rtp.playout import Playout
from media.rtp.session import Counters, RtpReceiver, RtpSender
from tests.running_asterisk import RunningAsterisk

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

APP = "codec-tests"
FRAMES = 60


def tone(hertz: float) -> list[bytes]:
    samples = (8000 * np.sin(2 * np.pi * hertz * np.arange(FRAMES * 160) / 8000)).astype("<i2").tobytes()
    return [samples[at : at + FRAME_BYTES] for at in range(0, len(samples), FRAME_BYTES)]


def packet(number: int, payload: bytes, payload_type: int = 8) -> bytes:
    """By number; a payload of A-law that is longer than a frame has the ptime of its length."""
    samples = len(payload) if payload_type == 8 else 160
    return bytes(RtpPacket(payload_type, number, number * samples, 5, payload, number == 0))


def share_of(hertz: float, audio: bytes) -> float:
    """Of the power, what lies within 20 Hz of this frequency."""
    samples = np.frombuffer(audio, "<i2")
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / 8000) - hertz) < 20
    return float(power[near].sum() / max(1.0, power.sum()))


class End:
    """One ExternalMedia channel's socket, with a sender and a receiver of ours."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind(("127.0.0.1", 0))
        self.sender = RtpSender(codec, 5, 100, 1000)
        self.counters = Counters()
        self.heard: list[bytes] = []
        self.came: list[bytes] = []
        self.remote = ("", 0)

    async def open(self, client: ari.Client, channel_id: str) -> None:
        host, port = self.sock.getsockname()
        made = await client.channels.externalMedia(
            app=APP, channelId=channel_id, format=self.codec.name, external_host=f"{host}:{port}"
        )
        found = made.json["channelvars"]
        assert isinstance(found, dict)
        self.remote = found["UNICASTRTP_LOCAL_ADDRESS"], int(found["UNICASTRTP_LOCAL_PORT"])
        self.receiver = RtpReceiver(self.remote, Playout(JitterBuffer(40)), self.counters)
        asyncio.get_running_loop().add_reader(self.sock, self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock)
        self.sock.close()

    def send(self, datagram: bytes) -> None:
        self.sock.sendto(datagram, self.remote)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                datagram, source = self.sock.recvfrom(2048)
                self.came.append(datagram)
                self.heard += self.receiver.receive(datagram, source, time.monotonic())


@pytest_asyncio.fixture(loop_scope="session")
async def client(asterisk: RunningAsterisk) -> AsyncIterator[ari.Client]:
    user, password = asterisk.settings.asterisk.ari_user, asterisk.secrets.ari_password
    async with ari.connect(asterisk.endpoints.ari_url, user, password, app=APP) as client:
        client.start()
        await client.wait_connected(5)
        yield client


@contextlib.asynccontextmanager
async def bridged(client: ari.Client, *ends: End) -> AsyncIterator[None]:
    name = f"codec-{uuid4().hex[:8]}"
    names = [f"{name}-{number}" for number in range(len(ends))]
    try:
        for end, channel in zip(ends, names, strict=True):
            await end.open(client, channel)
        await client.bridges.createWithId(name, type="mixing", name=name)
        async with asyncio.timeout(3):
            while True:
                try:
                    await client.bridges.addChannel(name, channel=tuple(names))
                except ari.AriError:
                    await asyncio.sleep(0.01)
                else:
                    break
        yield
    finally:
        for end in ends:
            end.close()
        for channel in names:
            with contextlib.suppress(ari.AriError):
                await client.channels.hangup(channel)
        with contextlib.suppress(ari.AriError):
            await client.bridges.destroy(name)


async def paced(sends: list[tuple[float, End, bytes]]) -> None:
    """Each at its time, in seconds from now."""
    start = time.monotonic()
    for at, end, datagram in sends:
        await asyncio.sleep(max(0.0, start + at - time.monotonic()))
        end.send(datagram)
    await asyncio.sleep(0.1)


@pytest.mark.parametrize("codec", ON_RTP.values(), ids=[codec.name for codec in ON_RTP.values()])
async def test_a_tone_goes_each_way(client: ari.Client, codec: Codec) -> None:
    ours, far = End(codec), End(ALAW)
    async with bridged(client, ours, far):
        sends = []
        for number, (one, other) in enumerate(zip(tone(440), tone(1000), strict=True)):
            sends += [(number * 0.02, ours, ours.sender.packet(one)), (number * 0.02, far, far.sender.packet(other))]
        await paced(sends)
    assert ours.receiver.codec is codec
    for end, hertz in ((ours, 1000), (far, 440)):
        assert len(end.heard) >= FRAMES * 0.7, f"{len(end.heard)} frames of {FRAMES} came"
        assert share_of(hertz, b"".join(end.heard[10:])) > 0.98
        assert (end.counters.malformed, end.counters.wrong_source, end.counters.wrong_ssrc) == (0, 0, 0)


@pytest.mark.parametrize("ptime_ms", [10, 30, 60])
async def test_packets_of_any_ptime_come_as_the_caller_sent_them(client: ari.Client, ptime_ms: int) -> None:
    ours, far = End(ALAW), End(ALAW)
    audio, size = b"".join(tone(1000)), ptime_ms * 16
    async with bridged(client, ours, far):
        await paced(
            [
                (at / size * ptime_ms / 1000, far, packet(at // size, ALAW.encode(audio[at : at + size])))
                for at in range(0, len(audio), size)
            ]
        )
    assert ours.receiver.statistics.packet_ms == ptime_ms
    assert b"".join(ours.heard) == ALAW.decode(ALAW.encode(audio))


@pytest.mark.parametrize("codec", [ALAW, ULAW], ids=["as it is", "transcoded"])
async def test_what_the_caller_lost_is_seen(client: ari.Client, codec: Codec) -> None:
    """As it is, numbers and order pass through Asterisk; what it transcodes has new numbers, and none out of order."""
    ours, far = End(codec), End(ALAW)
    sends = []
    for number, frame in enumerate(tone(1000)):
        if number % 10 != 5:
            late = 0.03 if number % 10 == 8 else 0.0
            sends.append((number * 0.02 + late, far, packet(number, ALAW.encode(frame))))
    async with bridged(client, ours, far):
        await paced(sorted(sends, key=lambda each: each[0]))
    seen = ours.receiver.statistics
    if codec is ALAW:
        assert (seen.lost, seen.out_of_order, seen.missing_samples) == (6, 6, 0)
    else:
        assert (seen.lost, seen.out_of_order, seen.missing_samples) == (0, 0, 12 * 160)


async def test_comfort_noise_stays_in_asterisk(client: ari.Client) -> None:
    """The caller's silence reaches us as nothing at all: no packet, and timestamps that go on."""
    ours, far = End(ALAW), End(ALAW)
    sends = [(number * 0.02, far, packet(number, ALAW.encode(frame))) for number, frame in enumerate(tone(1000)[:10])]
    sends += [(0.2 + number * 0.1, far, packet(10 + number, b"\x32", 13)) for number in range(3)]
    async with bridged(client, ours, far):
        await paced(sends)
    assert {parse(datagram).payload_type for datagram in ours.came} == {8}
