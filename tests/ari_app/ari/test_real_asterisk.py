"""The client against the real Asterisk."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from ari_app import ari
from ari_app.ari.events import ChannelDestroyed, PlaybackFinished, StasisStart
from tests.ari_app.ari.conftest import Heard, MakeClient
from tests.running_asterisk import RunningAsterisk

pytestmark = pytest.mark.asterisk

StartAsterisk = Callable[..., Awaitable[RunningAsterisk]]
OUTSIDE = "Local/919812345678@from-test-trunk"
"""Rings the dialplan as a caller over the test trunk would: its far end comes in to the application."""


@pytest.fixture
async def names(asterisk: RunningAsterisk, make_client: MakeClient) -> AsyncIterator[Callable[[str], str]]:
    """Makes ids of this test's own; what bears them is removed afterwards."""
    own = f"test-{uuid4().hex[:8]}-"
    yield lambda name: own + name
    cleaner = await make_client(asterisk)
    for channel in await cleaner.channels.list():
        if channel.id.startswith(own):
            with suppress(ari.NotFound):  # one end of a call goes with the other
                await channel.hangup()
    for bridge in await cleaner.bridges.list():
        if bridge.id.startswith(own):
            await bridge.destroy()


Names = Callable[[str], str]


async def ring(client: ari.Client, names: Names) -> tuple[ari.Channel, ari.Channel]:
    """A call from the dialplan into the application: its near and its far end."""
    near = await client.channels.originate(
        endpoint=OUTSIDE,
        app="mercury",
        appArgs="near",
        channelId=names("near"),
        otherChannelId=names("far"),
        callerId="+919812345678",
        formats="alaw",
    )
    return near, client.channels.of(names("far"))


async def test_unwanted_events_are_filtered_by_asterisk(client: ari.Client, names: Names) -> None:
    application = await client.applications.get("mercury")
    assert application.data.events_disallowed == ({"type": "ChannelVarset"}, {"type": "ChannelDialplan"})
    heard = Heard(client, "ChannelVarset", "StasisStart")
    _, far = await ring(client, names)
    await heard.wait("StasisStart", far.id)
    await far.setChannelVar(variable="SPEED", value="fast + safe")
    assert (await far.getChannelVar(variable="SPEED")).value == "fast + safe"
    assert "ChannelVarset" not in heard.types(far.id)


async def test_a_call_from_ring_to_end(client: ari.Client, names: Names) -> None:
    heard = Heard(client, "StasisStart", "StasisEnd", "ChannelStateChange", "ChannelDestroyed")
    near, far = await ring(client, names)
    with pytest.raises(ari.Conflict):
        await client.channels.originate(endpoint=OUTSIDE, app="mercury", channelId=near.id)
    start = await heard.wait("StasisStart", far.id)
    assert isinstance(start, StasisStart)
    assert start.args == ("inbound", "test-trunk", "919812345678")
    assert start.channel.state == "Ring"
    assert start.channel.caller.number == "+919812345678"
    await far.answer()
    assert (await heard.wait("StasisStart", near.id)).json["args"] == ["near"]
    await near.hangup(reason="busy")
    ended = await heard.wait("ChannelDestroyed", near.id)
    assert isinstance(ended, ChannelDestroyed)
    assert ended.cause == 17
    await heard.wait("ChannelDestroyed", far.id)
    assert heard.types(near.id)[-2:] == ["StasisEnd", "ChannelDestroyed"]
    with pytest.raises(ari.NotFound) as gone:
        await near.answer()
    assert gone.value.call_is_over


async def test_bridge_external_media_and_playback(client: ari.Client, names: Names) -> None:
    heard = Heard(client, "StasisStart", "ChannelEnteredBridge", "ChannelLeftBridge", "PlaybackStarted")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        host, port = receiver.getsockname()
        _, far = await ring(client, names)
        await heard.wait("StasisStart", far.id)
        media, bridge, _ = await asyncio.gather(
            client.channels.externalMedia(
                channelId=names("media"), app="mercury", external_host=f"{host}:{port}", format="alaw"
            ),
            client.bridges.createWithId(names("bridge"), type="mixing"),
            far.answer(),
        )
        assert media.data.channelvars
        assert media.data.channelvars["UNICASTRTP_LOCAL_ADDRESS"] == "127.0.0.1"
        await heard.wait("StasisStart", media.id)
        await bridge.addChannel(channel=[far.id, media.id])
        await heard.wait("ChannelEnteredBridge", media.id)
        assert set((await bridge.get()).data.channels) == {far.id, media.id}
        near = client.channels.of(names("near"))
        playback = await near.playWithId(names("playback"), media="sound:goodbye")
        finished: asyncio.Future[PlaybackFinished] = asyncio.get_running_loop().create_future()
        playback.on_event(PlaybackFinished, lambda _, event: finished.set_result(event))
        await heard.wait("PlaybackStarted")
        await playback.stop()
        async with asyncio.timeout(5):
            assert (await finished).playback.id == playback.id
    await bridge.destroy()
    await heard.wait("ChannelLeftBridge", media.id)


async def test_a_bridge_from_making_to_end(client: ari.Client, names: Names) -> None:
    heard = Heard(client, "StasisStart", "ChannelEnteredBridge", "ChannelLeftBridge")
    _, far = await ring(client, names)
    await heard.wait("StasisStart", far.id)
    bridge = await client.bridges.createWithId(names("bridge"), type="mixing")
    await bridge.addChannel(channel=far.id)
    await heard.wait("ChannelEnteredBridge", far.id)
    await far.hangup()
    await heard.wait("ChannelLeftBridge", far.id)
    destroyed = asyncio.Event()
    bridge.on_event("BridgeDestroyed", lambda *_: destroyed.set())
    await bridge.destroy()
    async with asyncio.timeout(5):
        await destroyed.wait()
    with pytest.raises(ari.NotFound):
        await bridge.get()


async def test_what_is_not_possible_is_a_typed_refusal(client: ari.Client, names: Names) -> None:
    bridge = await client.bridges.createWithId(names("bridge"), type="mixing")
    with pytest.raises(ari.AriError) as unknown:
        await bridge.addChannel(channel="no such channel/+ü")
    assert unknown.value.status == 400
    with pytest.raises(ari.NotFound):
        await client.channels.get("no such channel/+ü")
    with pytest.raises(ari.AriError) as wrong:
        await client.channels.originate(endpoint="Nothing/1", app="mercury")
    assert not wrong.value.call_is_over
    with pytest.raises(ari.NotFound):
        await client.ask("GET", "/no/such/path")


@pytest.mark.parametrize(
    "read",
    [
        lambda c: c.asterisk.getInfo(only=["system", "status"]),
        lambda c: c.asterisk.listModules(),
        lambda c: c.asterisk.getGlobalVar(variable="NONE"),
        lambda c: c.endpoints.list(),
        lambda c: c.sounds.list(),
        lambda c: c.recordings.listStored(),
        lambda c: c.applications.list(),
    ],
    ids=["info", "modules", "variable", "endpoints", "sounds", "recordings", "applications"],
)
async def test_resources_are_read_as_typed(client: ari.Client, read: Callable[[ari.Client], Awaitable[Any]]) -> None:
    assert await read(client) is not None


async def test_a_second_client_takes_the_application_over_and_back(
    asterisk: RunningAsterisk, client: ari.Client, make_client: MakeClient, names: Names
) -> None:
    losses: asyncio.Queue[ari.Loss] = asyncio.Queue()
    client.on_disconnect(losses.put)
    second = await make_client(asterisk)
    second.start()
    await second.wait_connected(5)
    async with asyncio.timeout(5):
        assert (await losses.get()).replaced
    assert client.state is ari.State.REPLACED
    heard, old = Heard(second, "StasisStart"), Heard(client, "StasisStart")
    _, far = await ring(client, names)
    await heard.wait("StasisStart", far.id)
    assert not old.events
    assert second.connected
    second.on_disconnect(losses.put)
    client.start()
    await client.wait_connected(5)
    async with asyncio.timeout(5):
        assert (await losses.get()).replaced
    assert second.state is ari.State.REPLACED


async def test_calls_outlive_a_lost_connection_and_are_reconciled(
    asterisk: RunningAsterisk, client: ari.Client, make_client: MakeClient, names: Names
) -> None:
    heard = Heard(client, "StasisStart", "ChannelDestroyed")
    near, far = await ring(client, names)
    await heard.wait("StasisStart", far.id)
    await far.answer()
    await heard.wait("StasisStart", near.id)
    await client.bridges.createWithId(names("bridge"), type="mixing")
    await client.close()

    again = await make_client(asterisk)
    snapshots: list[ari.Snapshot] = []
    again.on_connect(snapshots.append)
    again.start()
    await again.wait_connected(5)
    found = ari.reconcile(
        ari.Known(frozenset({near.id, "ended meanwhile"})),
        snapshots[0],
        owns=lambda name: name.startswith(names("")) and name != far.id,
    )
    assert found.still_live == {near.id}
    assert found.ended == {"ended meanwhile"}
    assert found.unknown_live == {far.id}
    assert found.orphan_bridges == {names("bridge")}
    ends = Heard(again, "ChannelDestroyed")
    await again.channels.of(near.id).hangup()
    await ends.wait("ChannelDestroyed", far.id)
    await again.bridges.of(names("bridge")).destroy()


async def test_a_killed_asterisk_is_found_again_when_it_is_back(
    own_asterisk: StartAsterisk, make_client: MakeClient
) -> None:
    running = await own_asterisk()
    client = await make_client(running)
    told: asyncio.Queue[ari.Snapshot | ari.Loss] = asyncio.Queue()
    client.on_connect(told.put)
    client.on_disconnect(told.put)
    client.start()
    await client.wait_connected(5)
    await client.bridges.createWithId("left", type="mixing")
    assert isinstance(await told.get(), ari.Snapshot)
    send(running, signal.SIGKILL)
    await running.process.wait()
    async with asyncio.timeout(5):
        loss = await told.get()
    assert isinstance(loss, ari.Loss)
    assert not loss.replaced
    with pytest.raises(ari.AriUnreachable):
        await client.channels.list()
    await running.process.start()
    async with asyncio.timeout(10):
        back = await told.get()
    assert isinstance(back, ari.Snapshot)
    assert not back.first
    assert not back.bridges
    await client.wait_connected(5)
    application = await client.applications.get("mercury")
    assert len(application.data.events_disallowed) == 2


async def test_a_frozen_asterisk_is_noticed_by_its_silence(own_asterisk: StartAsterisk) -> None:
    running = await own_asterisk()
    user, password = running.settings.asterisk.ari_user, running.secrets.ari_password
    options = ari.Options(heartbeat_s=0.4, request_timeout_s=0.3, retry_cap_s=0.2)
    losses: asyncio.Queue[ari.Loss] = asyncio.Queue()
    async with ari.connect(running.endpoints.ari_url, user, password, app="mercury", options=options) as client:
        client.on_disconnect(losses.put)
        client.start()
        await client.wait_connected(5)
        await asyncio.sleep(1.5)
        assert client.connected, "Asterisk answers pings"
        send(running, signal.SIGSTOP)
        try:
            async with asyncio.timeout(5):
                assert not (await losses.get()).replaced
            with pytest.raises(ari.AriTimeout):
                await client.channels.list()
        finally:
            send(running, signal.SIGCONT)
        await client.wait_connected(10)


def send(running: RunningAsterisk, number: signal.Signals) -> None:
    if running.process.pid:
        os.kill(running.process.pid, number)


async def test_twenty_calls_at_once_keep_each_its_order(client: ari.Client, names: Names) -> None:
    orders: Mapping[str, list[str]] = {names(f"call{n}"): [] for n in range(20)}
    done = asyncio.Event()

    async def note(channel: ari.Channel, event: ari.Event) -> None:
        await asyncio.sleep(0.001)
        if channel.id in orders:
            orders[channel.id].append(event.type)
            if sum(order[-1:] == ["ChannelDestroyed"] for order in orders.values()) == len(orders):
                done.set()

    for kind in ("StasisStart", "StasisEnd", "ChannelDestroyed"):
        client.on_channel_event(kind, note)
    client.on_channel_event("StasisStart", lambda channel, _: channel.hangup())
    await asyncio.gather(
        *(
            client.channels.originate(
                endpoint=OUTSIDE, app="mercury", channelId=name.replace("call", "side"), otherChannelId=name
            )
            for name in orders
        )
    )
    async with asyncio.timeout(10):
        await done.wait()
    assert set(map(tuple, orders.values())) == {("StasisStart", "StasisEnd", "ChannelDestroyed")}
