"""The client against a stand-in that misbehaves on order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from ari_app import ari
from ari_app.ari.events import ChannelDtmfReceived, StasisStart
from tests.ari_app.ari.conftest import QUICK
from tests.ari_app.ari.samples import about, bridge, channel, event
from tests.standins.ari_server import PASSWORD, USER, AriServer

Connect = Callable[..., Awaitable[ari.Client]]


class Log(list[Any]):
    """A list that can be waited on."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def add(self, *items: object) -> None:
        self.append(items[0] if len(items) == 1 else items)
        self._more.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self) < count:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
async def server() -> AsyncIterator[AriServer]:
    async with AriServer() as made:
        yield made


@pytest.fixture
async def connect(server: AriServer) -> AsyncIterator[Connect]:
    made: list[ari.Client] = []

    async def one(**options: Any) -> ari.Client:
        chosen = replace(QUICK, **options)
        made.append(await ari.connect(server.url, USER, PASSWORD, app="shop", options=chosen))
        return made[-1]

    yield one
    for client in made:
        await client.close()


async def connected(client: ari.Client) -> ari.Client:
    client.start()
    await client.wait_connected(5)
    return client


# Requests


async def test_a_request_is_made_as_the_swagger_says(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("POST", "/channels/our%2Fleg", channel("our/leg"))
    made = await client.channels.originateWithId(
        "our/leg", endpoint="PJSIP/+91981@exotel", app="shop", formats="alaw", timeout=45, variables={"A": "b"}
    )
    assert made.id == "our/leg"
    (request,) = server.requests
    assert request.query == {"endpoint": "PJSIP/+91981@exotel", "app": "shop", "formats": "alaw", "timeout": "45"}
    assert request.body == {"variables": {"A": "b"}}


async def test_objects_act_on_themselves(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("POST", "/bridges/b/addChannel")
    server.reply("DELETE", "/playbacks/p")
    server.reply("GET", "/endpoints/PJSIP/exotel", {"technology": "PJSIP", "resource": "exotel", "channel_ids": []})
    await client.bridges.of("b").addChannel(channel=["x", "y"], mute=True)
    await client.playbacks.of("p").stop()
    endpoint = await client.endpoints.of("PJSIP", "exotel").get()
    assert server.requests[0].query == {"channel": "x,y", "mute": "true"}
    assert (endpoint.id, endpoint.data.resource) == ("PJSIP/exotel", "exotel")


async def test_a_request_has_a_deadline(server: AriServer, connect: Connect) -> None:
    client = await connect(request_timeout_s=0.05)
    held = server.reply("POST", "/channels/x/answer", held=True)
    with pytest.raises(ari.AriTimeout, match=r"within 0\.05 s") as caught:
        await client.channels.of("x").answer()
    held.release.set()
    assert (caught.value.status, caught.value.method, caught.value.call_is_over) == (0, "POST", False)


async def test_a_post_whose_connection_breaks_is_not_repeated(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("POST", "/channels/x/answer", drop=True)
    with pytest.raises(ari.AriUnreachable):
        await client.channels.of("x").answer()
    assert len(await server.asked("POST", "/channels/x/answer")) == 1


async def test_nobody_there_is_said_at_once(server: AriServer, connect: Connect) -> None:
    client = await connect()
    await server.stop()
    with pytest.raises(ari.AriUnreachable, match="no answer"):
        await client.channels.list()


async def test_an_answer_that_is_not_aris_is_an_error(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("GET", "/channels", raw=b"<html>proxy</html>")
    with pytest.raises(ari.MalformedAnswer, match="expected JSON, got '<html>"):
        await client.channels.list()


async def test_a_binary_answer_is_bytes(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("GET", "/recordings/stored/reason/file", raw=b"RIFF\x00")
    assert await client.recordings.ofStored("reason").getStoredFile() == b"RIFF\x00"


async def test_refusals_are_typed(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("GET", "/channels/gone", {"message": "Channel not found"}, status=404)
    server.reply("POST", "/channels/out/answer", {"message": "Channel not in Stasis application"}, status=409)
    with pytest.raises(ari.NotFound):
        await client.channels.get("gone")
    with pytest.raises(ari.Conflict) as caught:
        await client.channels.of("out").answer()
    assert caught.value.call_is_over


async def test_an_empty_id_asks_nothing(server: AriServer, connect: Connect) -> None:
    client = await connect()
    with pytest.raises(ValueError, match="expected an id"):
        await client.channels.of("").hangup()
    assert not server.requests


# Connecting


async def test_a_connect_filters_events_and_tells_what_there_is(server: AriServer, connect: Connect) -> None:
    client = await connect()
    server.reply("GET", "/channels", [channel("a")])
    server.reply("GET", "/bridges", [bridge("b")])
    told: list[ari.Snapshot] = []
    client.on_connect(told.append)
    assert client.state is ari.State.IDLE
    await connected(client)
    assert client.connected
    (request,) = await server.asked("PUT", "/applications/shop/eventFilter")
    assert request.body == {"disallowed": [{"type": "ChannelVarset"}, {"type": "ChannelDialplan"}]}
    (snapshot,) = told
    assert ([each.id for each in snapshot.channels], [each.id for each in snapshot.bridges]) == (["a"], ["b"])
    assert snapshot.first


async def test_events_during_the_snapshot_are_delivered_after_it_in_order(server: AriServer, connect: Connect) -> None:
    client, log = await connect(), Log()

    async def adopt(snapshot: ari.Snapshot) -> None:
        await server.send(about("ChannelDtmfReceived", digit="2"))
        await asyncio.sleep(0.02)
        log.add(f"snapshot of {len(snapshot.channels)}")

    client.on_connect(adopt)
    client.on_channel_event(StasisStart, lambda ch, _: log.add(f"start {ch.id}"))
    client.on_channel_event(ChannelDtmfReceived, lambda _, ev: log.add(f"digit {ev.digit}"))
    held = server.reply("GET", "/channels", [], held=True)
    client.start()
    await server.asked("GET", "/channels")
    await server.send(about("StasisStart", args=[]))
    await server.send(about("ChannelDtmfReceived", digit="1"))
    await asyncio.sleep(0.02)
    assert not log
    held.release.set()
    await client.wait_connected(5)
    await server.send(about("ChannelDtmfReceived", digit="3"))
    await log.until(5)
    assert log == ["snapshot of 0", "start leg-1", "digit 1", "digit 2", "digit 3"]


async def test_it_waits_for_an_asterisk_that_is_away(server: AriServer, connect: Connect) -> None:
    client = await connect()
    await server.stop()
    client.start()
    with pytest.raises(TimeoutError):
        await client.wait_connected(0.1)
    await server.start()
    await client.wait_connected(5)


async def test_a_cut_connection_is_told_of_and_made_again(server: AriServer, connect: Connect) -> None:
    client, log = await connect(), Log()
    client.on_connect(lambda snapshot: log.add("up", snapshot.first))
    client.on_disconnect(lambda loss: log.add("down", loss.replaced, client.connected))
    client.on_event("StasisStart", lambda _: log.add("event"))
    await connected(client)
    server.cut()
    await log.until(3)
    await client.wait_connected(5)
    await server.send(about("StasisStart", args=[]))
    await log.until(4)
    assert log == [("up", True), ("down", False, False), ("up", False), "event"]
    assert len(await server.asked("PUT", "/applications/shop/eventFilter", times=2)) == 2


async def test_a_restarted_asterisk_is_found_again(server: AriServer, connect: Connect) -> None:
    client = await connected(await connect())
    for _ in range(3):
        before = len(server.sockets)
        await server.stop()
        await server.start()
        await server.connections(before + 1)
        await client.wait_connected(5)


async def test_refused_websockets_are_tried_again(
    server: AriServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server.refuses_websockets = 3
    await connected(await connect())
    assert caplog.text.count("Asterisk refused the websocket with 503") == 3


async def test_a_wrong_password_is_said_in_the_log(server: AriServer, caplog: pytest.LogCaptureFixture) -> None:
    async with ari.connect(server.url, USER, "wrong", app="shop", options=QUICK) as client:
        client.start()
        with pytest.raises(TimeoutError):
            await client.wait_connected(0.1)
        with pytest.raises(ari.AriError, match="401"):
            await client.channels.list()
    assert "401: wrong user or password" in caplog.text
    assert "wrong" not in caplog.text.replace("wrong user or password", "")


async def test_a_snapshot_that_fails_makes_the_connection_anew(server: AriServer, connect: Connect) -> None:
    client, log = await connect(), Log()
    client.on_connect(lambda _: log.add("up"))
    client.on_disconnect(lambda _: log.add("down"))
    server.reply("GET", "/bridges", {"message": "Shutdown pending"}, status=503)
    client.start()
    await server.connections(3)
    assert not log
    server.reply("GET", "/bridges", [])
    await client.wait_connected(5)
    assert log == ["up"]


async def test_a_silent_connection_is_noticed(server: AriServer, connect: Connect) -> None:
    server.answers_pings = False
    client, log = await connect(heartbeat_s=0.1), Log()
    client.on_disconnect(lambda loss: log.add(loss.reason))
    await connected(client)
    await log.until(1)
    assert "No PONG received" in log[0]
    await server.connections(2)


async def test_an_application_taken_over_is_not_fought_for(server: AriServer, connect: Connect) -> None:
    client, log = await connect(), Log()
    client.on_disconnect(lambda loss: log.add(loss.replaced, client.connected))
    running = asyncio.create_task(client.run())
    await client.wait_connected(5)
    await server.send(event("ApplicationReplaced", application="another"))
    await server.send(event("ApplicationReplaced"))
    async with asyncio.timeout(5):
        assert await running is ari.State.REPLACED
    assert log == [(True, False)]
    await asyncio.sleep(QUICK.retry_cap_s * 2)
    assert len(server.sockets) == 1
    await connected(client)
    assert len(server.sockets) == 2


async def test_a_hook_that_raises_or_hangs_keeps_nothing_from_going_on(
    server: AriServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client, log = await connect(hook_timeout_s=0.05), Log()

    def broken(_: ari.Snapshot) -> None:
        raise RuntimeError("broken hook")

    async def endless(_: ari.Snapshot) -> None:
        await asyncio.Event().wait()

    for hook in (broken, endless, log.add):
        client.on_connect(hook)
    await connected(client)
    assert len(log) == 1
    assert "broken hook" in caplog.text
    assert "endless" in caplog.text


async def test_a_closed_client_stays_closed(server: AriServer, connect: Connect) -> None:
    client = await connected(await connect())
    running = asyncio.create_task(client.run())
    await asyncio.sleep(0)
    await client.close()
    await client.close()
    assert await running is ari.State.CLOSED
    with pytest.raises(RuntimeError, match="closed"):
        client.start()
    with pytest.raises(ari.AriUnreachable, match="this client is closed"):
        await client.channels.list()


# Events


async def test_messages_that_are_no_events_are_passed_over(
    server: AriServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client, log = await connected(await connect()), Log()
    client.on_event("StasisStart", log.add)
    for text in ("", "{", "[]", "\x00", '{"type": 7}', '{"type": "StasisStart"}', "7" * 100_000):
        await server.send(text)
    await server.send(about("StasisStart", args=[]))
    await log.until(1)
    assert len(log) == 1
    assert caplog.text.count("a message was dropped") == 7
    assert client.connected


async def test_callbacks_hear_what_they_asked_for(server: AriServer, connect: Connect) -> None:
    client, log = await connected(await connect()), Log()
    client.on_event("StasisEnd", lambda ev: log.add("any", ev.channel.id))
    client.on_channel_event("StasisEnd", lambda ch, _: log.add("channel", ch.id))
    client.channels.of("b").on_event("StasisEnd", lambda ch, _: log.add("b alone", ch.json["state"]))
    closed = client.on_event("StasisEnd", lambda _: log.add("never"))
    closed.close()
    await server.send(about("StasisEnd", "a"))
    await server.send(about("StasisEnd", "b"))
    await log.until(5)
    assert log == [("any", "a"), ("channel", "a"), ("any", "b"), ("channel", "b"), ("b alone", "Up")]


async def test_an_object_is_forgotten_after_its_last_event(server: AriServer, connect: Connect) -> None:
    client, log = await connected(await connect()), Log()
    leg = client.channels.of("a")
    leg.on_event("ChannelDestroyed", lambda *_: log.add("destroyed"))
    leg.on_event("StasisEnd", lambda *_: log.add("end"))
    await server.send(about("ChannelDestroyed", "a", cause=16))
    await server.send(about("StasisEnd", "a"))
    await server.send(about("StasisEnd", "b"))
    client.on_event("StasisEnd", lambda _: log.add("last"))
    await server.send(about("StasisEnd", "b"))
    await log.until(2)
    assert log[0] == "destroyed"
    assert "end" not in log


async def test_a_slow_callback_holds_back_its_own_channel_only(server: AriServer, connect: Connect) -> None:
    client, log = await connected(await connect()), Log()
    go = asyncio.Event()

    async def slow(leg: ari.Channel, _: StasisStart) -> None:
        if leg.id == "a":
            await go.wait()
        log.add(f"start {leg.id}")

    client.on_channel_event(StasisStart, slow)
    client.on_channel_event("StasisEnd", lambda ch, _: log.add(f"end {ch.id}"))
    for name in ("a", "b"):
        await server.send(about("StasisStart", name, args=[]))
        await server.send(about("StasisEnd", name))
    await log.until(2)
    assert log == ["start b", "end b"]
    go.set()
    await log.until(4)
    assert log[2:] == ["start a", "end a"]


async def test_callbacks_too_slow_for_the_bound_make_the_connection_anew(server: AriServer, connect: Connect) -> None:
    client, log = await connect(max_waiting=5), Log()
    go = asyncio.Event()
    client.on_disconnect(lambda loss: log.add(loss.reason))

    async def stuck(_: ari.Event) -> None:
        await go.wait()

    client.on_event("StasisEnd", stuck)
    await connected(client)
    for _ in range(8):
        await server.send(about("StasisEnd"))
    await log.until(1)
    assert "callbacks are too slow: 5 callbacks wait" in log[0]
    await server.connections(2)
    await client.wait_connected(5)
    go.set()


async def test_an_unknown_kind_of_object_is_refused_when_listening(connect: Connect) -> None:
    client = await connect()
    with pytest.raises(ValueError, match="no event is about a Sound"):
        client.sounds.of("goodbye").on_event("PlaybackFinished", print)


@pytest.mark.parametrize("app", ["", "a,b"])
def test_one_application_has_one_name(app: str) -> None:
    with pytest.raises(ValueError, match="expected the name"):
        ari.connect("http://127.0.0.1:8088", USER, PASSWORD, app=app)


async def test_a_user_with_a_colon_is_refused() -> None:
    with pytest.raises(ValueError, match="without a colon"):
        await ari.connect("http://127.0.0.1:8088", "a:b", PASSWORD, app="shop")
