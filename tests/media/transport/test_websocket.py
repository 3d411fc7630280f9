"""The websocket's shell, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from media.audio.g711 import ALAW
from media.clock import MonotonicClock
from media.transport.protocol import TransportError
from media.transport.websocket import MOST_UNSENT, Websockets, WebsocketTransport
from tests.media.fakes import VOICED
from tests.media.transport.asterisk_socket import AsteriskSocket

PAYLOAD = ALAW.encode(VOICED)


@pytest.fixture
async def asterisk() -> AsyncIterator[AsteriskSocket]:
    async with AsteriskSocket() as asterisk:
        yield asterisk


@pytest.fixture
async def sockets(asterisk: AsteriskSocket) -> AsyncIterator[Websockets]:
    before = asyncio.all_tasks()
    sockets = Websockets(asterisk.url, MonotonicClock(), ALAW, jitter_ms=20)
    yield sockets
    await sockets.close()
    left = [task for task in asyncio.all_tasks() - before if "media" in task.get_name()]
    assert left == []


async def attached(sockets: Websockets, asterisk: AsteriskSocket) -> WebsocketTransport:
    transport = sockets.open()
    await transport.attach(asterisk.answer)
    return transport


async def is_lost(transport: WebsocketTransport) -> None:
    async with asyncio.timeout(5):
        while not transport.lost:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_it_asks_for_a_channel_that_it_connects_to(sockets: Websockets) -> None:
    transport = sockets.open()
    request = transport.request
    assert (request.transport, request.encapsulation, request.connection_type) == ("websocket", "none", "server")
    assert (request.external_host, request.format) == ("INCOMING", "alaw")
    transport.close()


async def test_frames_go_both_ways(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    transport = await attached(sockets, asterisk)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    transport.start(lambda frame, _: heard.put_nowait(frame))
    transport.send(VOICED)
    transport.send(None)
    await asterisk.heard(frames=2)
    assert asterisk.audio == [PAYLOAD, ALAW.silence]
    await asterisk.play(PAYLOAD)
    async with asyncio.timeout(5):
        assert await heard.get() == ALAW.decode(PAYLOAD)
    assert [transport.receive() is None for _ in range(2)] == [True, False]
    counts = transport.close()
    assert (counts.sent, counts.received, counts.dropped) == (2, 1, 0)
    assert transport.close() == counts


async def test_a_flush_leaves_nothing_behind(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    transport = await attached(sockets, asterisk)
    transport.send(VOICED)
    transport.flush()
    transport.send(None)
    await asterisk.heard(frames=1, commands=1)
    assert asterisk.audio == [ALAW.silence], "what waited here was thrown away"
    assert asterisk.commands == [{"command": "FLUSH_MEDIA"}]
    transport.close()


async def test_it_is_drained_when_asterisk_has_played_the_last_frame(
    sockets: Websockets, asterisk: AsteriskSocket
) -> None:
    asterisk.plays = False
    transport = await attached(sockets, asterisk)
    transport.send(VOICED)
    waiting = asyncio.create_task(transport.drained())
    await asterisk.heard(frames=1, commands=1)
    assert not waiting.done()
    await asterisk.say("MEDIA_MARK_PROCESSED", correlation_id=asterisk.commands[0]["correlation_id"])
    async with asyncio.timeout(1):
        await waiting
    transport.close()


@pytest.mark.parametrize("how", ["flush", "cut", "close"])
async def test_nobody_waits_for_what_is_never_played(sockets: Websockets, asterisk: AsteriskSocket, how: str) -> None:
    asterisk.plays = False
    transport = await attached(sockets, asterisk)
    waiting = asyncio.create_task(transport.drained())
    await asterisk.heard(commands=1)
    {"flush": transport.flush, "cut": asterisk.cut, "close": transport.close}[how]()
    async with asyncio.timeout(1):
        await waiting
    await transport.drained() if how != "flush" else None
    transport.close()


async def test_the_ticker_never_waits_for_the_socket(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    transport = await attached(sockets, asterisk)
    for _ in range(3 * MOST_UNSENT):
        transport.send(VOICED)
    await asterisk.heard(frames=MOST_UNSENT)
    counts = transport.close()
    assert counts.dropped == 2 * MOST_UNSENT
    assert counts.sent == MOST_UNSENT


async def test_asterisk_s_hang_up_is_the_leg_s_loss(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    transport = await attached(sockets, asterisk)
    assert not transport.lost
    assert asterisk.socket
    await asterisk.socket.close()
    await is_lost(transport)
    transport.send(VOICED)
    transport.flush()
    assert transport.close().sent == 0


async def test_a_connection_that_breaks_is_the_leg_s_loss(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    transport = await attached(sockets, asterisk)
    asterisk.cut()
    await is_lost(transport)
    transport.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({}, "expected MEDIA_WEBSOCKET_CONNECTION_ID"),
        ({"MEDIA_WEBSOCKET_CONNECTION_ID": "another"}, "Asterisk refused it with 404"),
    ],
)
async def test_a_socket_that_is_not_there_says_why(sockets: Websockets, answer: dict[str, str], error: str) -> None:
    transport = sockets.open()
    with pytest.raises(TransportError, match=error):
        await transport.attach(answer)
    transport.close()


async def test_an_asterisk_that_is_away_says_why(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    away = Websockets("http://127.0.0.1:9", MonotonicClock(), ALAW)
    transport = away.open()
    with pytest.raises(TransportError, match="did not come up: Cannot connect"):
        await transport.attach(asterisk.answer)
    assert transport.lost
    transport.close()
    await away.close()


async def test_another_format_than_asked_for_is_refused(sockets: Websockets, asterisk: AsteriskSocket) -> None:
    asterisk.started = {"event": "MEDIA_START", "format": "ulaw", "optimal_frame_size": 160}
    transport = sockets.open()
    with pytest.raises(TransportError, match="expected alaw in frames of 160 bytes, got ulaw"):
        await transport.attach(asterisk.answer)
    transport.close()


async def test_an_asterisk_that_says_nothing_is_not_waited_for(
    sockets: Websockets, asterisk: AsteriskSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.transport.websocket._ATTACH_S", 0.05)
    asterisk.started = {}
    transport = sockets.open()
    with pytest.raises(TransportError, match="said nothing"):
        await transport.attach(asterisk.answer)
    transport.close()
