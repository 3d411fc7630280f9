"""The media websocket on the real Asterisk, without a call: what it plays leaves over RTP, packet by packet."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from ari_app import ari
from media.audio.codecs.registry import on_websocket
from media.audio.g711 import ALAW
from media.audio.levels import dbfs
from media.clock import MonotonicClock
from media.rtp.packet import RtpPacket, parse
from media.transport.protocol import TransportError
from media.transport.websocket import Websockets, WebsocketTransport
from tests.media.fakes import VOICED
from tests.running_asterisk import RunningAsterisk

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

APP = "websocket-tests"
LONG = 300
"""Frames: 6 s."""


async def until(look: Callable[[], bool], timeout_s: float = 5.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not look():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def every_tick(do: Callable[[int], None], ticks: int) -> None:
    start = time.monotonic()
    for number in range(ticks):
        await asyncio.sleep(start + number * 0.02 - time.monotonic())
        do(number)


def numbered(number: int) -> bytes:
    """A frame that A-law brings back as it was, and that tells its number."""
    return ALAW.decode(bytes([number % 100 + 1]) * 160)


class FarEnd:
    """The other channel of the bridge: RTP from and to Asterisk."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind(("127.0.0.1", 0))
        self.packets: list[tuple[float, RtpPacket]] = []
        self._remote = ("", 0)

    @property
    def address(self) -> str:
        return "{}:{}".format(*self.sock.getsockname())

    @property
    def numbers(self) -> list[int]:
        """Of the frames that came, silence apart."""
        return [packet.payload[80] - 1 for _, packet in self.packets if packet.payload[80] != ALAW.silence[0]]

    def connect(self, channelvars: dict[str, str]) -> None:
        self._remote = channelvars["UNICASTRTP_LOCAL_ADDRESS"], int(channelvars["UNICASTRTP_LOCAL_PORT"])
        asyncio.get_running_loop().add_reader(self.sock, self._read)

    def say(self, number: int) -> None:
        self.sock.sendto(bytes(RtpPacket(8, number, number * 160, 5, ALAW.encode(VOICED))), self._remote)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock)
        self.sock.close()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.packets.append((time.monotonic(), parse(self.sock.recv(2048))))


@pytest_asyncio.fixture(loop_scope="session")
async def client(asterisk: RunningAsterisk) -> AsyncIterator[ari.Client]:
    user, password = asterisk.settings.asterisk.ari_user, asterisk.secrets.ari_password
    async with ari.connect(asterisk.endpoints.ari_url, user, password, app=APP) as client:
        client.start()
        await client.wait_connected(5)
        yield client


def variables(channel: ari.Channel) -> dict[str, str]:
    """Those that Asterisk answers with."""
    found = channel.json["channelvars"]
    assert isinstance(found, dict)
    return found


class Leg:
    """A transport on a channel of its own, in a bridge with a far end."""

    def __init__(self, client: ari.Client, transport: WebsocketTransport, far: FarEnd) -> None:
        self.client, self.transport, self.far = client, transport, far
        self.name = f"leg-{uuid4().hex[:8]}"
        self.heard: list[bytes] = []

    async def open(self) -> None:
        client, request = self.client, self.transport.request
        made = await client.channels.externalMedia(
            app=APP,
            channelId=f"{self.name}-ws",
            format=request.format,
            external_host=request.external_host,
            encapsulation=request.encapsulation,
            transport=request.transport,
            connection_type=request.connection_type,
        )
        await self.transport.attach(variables(made))
        self.transport.start(lambda frame, _: self.heard.append(frame))
        far = await client.channels.externalMedia(
            app=APP, channelId=f"{self.name}-far", format="alaw", external_host=self.far.address
        )
        self.far.connect(variables(far))
        await client.bridges.createWithId(self.name, type="mixing", name=self.name)
        async with asyncio.timeout(3):
            while True:
                try:
                    await client.bridges.addChannel(self.name, channel=(f"{self.name}-ws", f"{self.name}-far"))
                except ari.AriError:
                    await asyncio.sleep(0.01)
                else:
                    break

        await every_tick(lambda _: self.transport.send(None), 10)  # a channel is in its bridge a moment after it is put

    async def close(self) -> None:
        self.transport.close()
        self.far.close()
        with contextlib.suppress(ari.NotFound):
            await self.client.channels.hangup(f"{self.name}-far")
        with contextlib.suppress(ari.NotFound):
            await self.client.bridges.destroy(self.name)


@pytest_asyncio.fixture(loop_scope="session")
async def legs(client: ari.Client, asterisk: RunningAsterisk) -> AsyncIterator[Callable[[str], Leg]]:
    made: list[Leg] = []
    pools: list[Websockets] = []

    def make(format_name: str) -> Leg:
        pool = Websockets(asterisk.endpoints.ari_url.removesuffix("/ari"), MonotonicClock(), on_websocket(format_name))
        pools.append(pool)
        made.append(Leg(client, pool.open(), FarEnd()))
        return made[-1]

    yield make
    for leg in made:
        await leg.close()
    for pool in pools:
        await pool.close()
    async with asyncio.timeout(2):  # a socket that is closed takes its channel with it
        while any(channel.id.startswith("leg-") for channel in await client.channels.list()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_six_seconds_are_played_whole_and_in_order(legs: Callable[[str], Leg]) -> None:
    leg = legs("alaw")
    await leg.open()
    await every_tick(lambda number: leg.transport.send(numbered(number)), LONG)
    sent_at = time.monotonic()
    await leg.transport.drained()
    drained_at = time.monotonic()
    assert leg.far.numbers == [number % 100 for number in range(LONG)]
    assert drained_at - sent_at < 0.1, "a frame or two wait, no more"
    assert drained_at >= leg.far.packets[-1][0] - 0.005, "drained is said when the last frame has left"
    counts = leg.transport.close()
    assert (counts.dropped, counts.left_out, counts.send_errors) == (0, 0, 0)


@pytest.mark.parametrize("format_name", ["alaw", "ulaw", "slin", "slin16", "g722"])
async def test_every_format_goes_both_ways(legs: Callable[[str], Leg], format_name: str) -> None:
    leg = legs(format_name)
    await leg.open()

    def both(number: int) -> None:
        leg.transport.send(VOICED)
        leg.far.say(number)

    await every_tick(both, 30)
    await until(lambda: len(leg.heard) >= 28 and len(leg.far.packets) >= 28)
    played = b"".join(ALAW.decode(packet.payload) for _, packet in leg.far.packets[10:25])
    assert dbfs(played) == pytest.approx(dbfs(VOICED), abs=1.0)
    assert dbfs(b"".join(leg.heard[10:25])) == pytest.approx(dbfs(VOICED), abs=1.0)


async def test_a_flush_is_heard_at_once(legs: Callable[[str], Leg]) -> None:
    leg = legs("alaw")
    await leg.open()
    for round_ in range(5):
        for number in range(10):
            leg.transport.send(numbered(round_ * 10 + number))
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    leg.transport.flush()
    flushed_at = time.monotonic()
    await every_tick(lambda _: leg.transport.send(None), 20)
    last = max(at for at, packet in leg.far.packets if packet.payload != ALAW.silence)
    assert last - flushed_at < 0.03
    assert len(leg.far.numbers) < 20, "most of a second was thrown away"


async def test_a_flood_is_halted_and_goes_on_after_a_flush(
    legs: Callable[[str], Leg], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks how much waits, so nothing is left out before Asterisk itself says that it is enough."""
    monkeypatch.setattr("media.transport.pacing.ASK_EVERY", 1_000_000)
    leg = legs("alaw")
    await leg.open()
    for number in range(1200):
        leg.transport.send(numbered(number))
        if number % 5 == 4:
            await asyncio.sleep(0)
    await until(lambda: leg.transport.halted)
    assert not leg.transport.lost
    leg.transport.flush()
    await until(lambda: not leg.transport.halted)
    leg.far.packets.clear()
    await every_tick(lambda number: leg.transport.send(numbered(number)), 20)
    await leg.transport.drained()
    assert leg.far.numbers[-20:] == list(range(20))
    assert leg.transport.close().dropped > 0


async def test_a_backlog_is_made_up_for_in_silence(legs: Callable[[str], Leg]) -> None:
    """As after a stall of ours, when several ticks come at once."""
    leg = legs("alaw")
    await leg.open()
    for number in range(6):
        leg.transport.send(numbered(number))
    await every_tick(lambda _: leg.transport.send(VOICED), 30)
    assert leg.transport.waiting >= 4
    await every_tick(lambda _: leg.transport.send(None), 130)
    assert leg.transport.waiting <= 3
    assert 2 <= leg.transport.close().left_out <= 10


async def test_a_channel_that_is_hung_up_is_lost_at_once(legs: Callable[[str], Leg], client: ari.Client) -> None:
    leg = legs("alaw")
    await leg.open()
    await client.channels.hangup(f"{leg.name}-ws")
    await until(lambda: leg.transport.lost, 1)


async def test_a_socket_belongs_to_one(legs: Callable[[str], Leg], client: ari.Client) -> None:
    first, second = legs("alaw"), legs("alaw")
    await first.open()
    channel = await client.channels.get(f"{first.name}-ws")
    name = await client.channels.getChannelVar(channel.id, variable="MEDIA_WEBSOCKET_CONNECTION_ID")
    with pytest.raises(TransportError, match="refused it with 409"):
        await second.transport.attach({"MEDIA_WEBSOCKET_CONNECTION_ID": name.value})
    assert not first.transport.lost
