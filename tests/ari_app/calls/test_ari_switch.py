"""The switch that is an Asterisk: what it asks over HTTP, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict

import pytest

from ari_app import ari
from ari_app.calls.ari_switch import AriSwitch
from ari_app.calls.switch import Dial, LegGoneError, Refusal, SwitchError
from media.transport.protocol import MediaRequest
from tests.ari_app.ari.samples import bridge, channel
from tests.standins.ari_server import PASSWORD, USER, AriServer

OPTIONS = ari.Options(request_timeout_s=0.2)
RTP = MediaRequest("udp", "rtp", "127.0.0.1:4000", "alaw")
WEBSOCKET = MediaRequest("websocket", "none", "INCOMING", "slin16", "server")
ADDRESS = {"UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1", "UNICASTRTP_LOCAL_PORT": "14000"}


@pytest.fixture
async def server() -> AsyncIterator[AriServer]:
    async with AriServer() as server:
        yield server


@pytest.fixture
async def switch(server: AriServer) -> AsyncIterator[AriSwitch]:
    async with ari.connect(server.url, USER, PASSWORD, app="shop", options=OPTIONS) as client:
        yield AriSwitch(client, "shop")


async def test_a_phone_is_rung_under_our_id(server: AriServer, switch: AriSwitch) -> None:
    server.reply("POST", "/channels", channel("leg-1"))
    await switch.originate("leg-1", Dial("PJSIP/1@exotel", "+918047112233", 45, {"CALL": "7"}))
    (request,) = await server.asked("POST", "/channels")
    assert request.query == {
        "endpoint": "PJSIP/1@exotel",
        "app": "shop",
        "appArgs": "outbound",
        "callerId": "+918047112233",
        "timeout": "45",
        "channelId": "leg-1",
        "formats": "alaw",
    }
    assert request.body == {"variables": {"CALL": "7"}}


@pytest.mark.parametrize("request_", [RTP, WEBSOCKET])
async def test_media_are_asked_for_as_their_transport_needs_them(
    server: AriServer, switch: AriSwitch, request_: MediaRequest
) -> None:
    server.reply("POST", "/channels/externalMedia", channel("media-1", channelvars=ADDRESS))
    assert await switch.external_media("media-1", request_) == ADDRESS
    (asked,) = await server.asked("POST", "/channels/externalMedia")
    assert asked.query == {"app": "shop", "channelId": "media-1", "direction": "both", **asdict(request_)}


async def test_media_without_variables_are_of_no_use(server: AriServer, switch: AriSwitch) -> None:
    server.reply("POST", "/channels/externalMedia", channel("media-1", channelvars=None))
    with pytest.raises(SwitchError, match="expected the ExternalMedia channel's variables"):
        await switch.external_media("media-1", RTP)


async def test_two_are_put_into_one_bridge(server: AriServer, switch: AriSwitch) -> None:
    server.reply("POST", "/bridges/bridge-1", bridge())
    server.reply("POST", "/bridges/bridge-1/addChannel", None)
    await switch.create_bridge("bridge-1")
    await switch.join("bridge-1", ("leg-1", "media-1"))
    (request,) = await server.asked("POST", "/bridges/bridge-1/addChannel")
    assert request.query["channel"] == "leg-1,media-1"


async def test_a_channel_leaves_a_bridge_and_stays(server: AriServer, switch: AriSwitch) -> None:
    server.reply("POST", "/bridges/bridge-1/removeChannel", None)
    await switch.leave("bridge-1", "media-1")
    (request,) = await server.asked("POST", "/bridges/bridge-1/removeChannel")
    assert request.query["channel"] == "media-1"


@pytest.mark.parametrize(("status", "error"), [(404, LegGoneError), (409, LegGoneError), (412, LegGoneError)])
async def test_only_the_answer_tells_that_the_person_has_gone(
    server: AriServer, switch: AriSwitch, status: int, error: type[Exception]
) -> None:
    for path in ("/channels/leg-1/answer", "/bridges/bridge-1/addChannel", "/channels/externalMedia"):
        server.reply("POST", path, {"message": "gone"}, status=status)
    with pytest.raises(error, match="gone"):
        await switch.answer("leg-1")
    requests: list[Callable[[], Awaitable[object]]] = [
        lambda: switch.join("bridge-1", ("leg-1",)),
        lambda: switch.external_media("media-1", RTP),
    ]
    for ask in requests:
        with pytest.raises(SwitchError, match="gone") as caught:
            await ask()
        assert not isinstance(caught.value, LegGoneError)


async def test_what_is_gone_already_need_not_be_ended(server: AriServer, switch: AriSwitch) -> None:
    assert not await switch.hang_up("leg-1")
    assert not await switch.refuse("leg-1")
    await switch.destroy_bridge("bridge-1")
    server.reply("DELETE", "/channels/leg-1", None)
    assert await switch.hang_up("leg-1")
    assert await switch.refuse("leg-1")
    reasons = [request.query["reason"] for request in await server.asked("DELETE", "/channels/leg-1", 4)]
    assert reasons == ["normal", "busy", "normal", "busy"]


@pytest.mark.parametrize(("refusal", "reason"), [("busy", "busy"), ("not_found", "unallocated"), ("decline", "normal")])
async def test_a_refusal_has_its_reason(server: AriServer, switch: AriSwitch, refusal: Refusal, reason: str) -> None:
    server.reply("DELETE", "/channels/leg-1", None)
    assert await switch.refuse("leg-1", refusal)
    (request,) = await server.asked("DELETE", "/channels/leg-1")
    assert request.query["reason"] == reason


async def test_a_header_is_read_and_a_failure_is_none(server: AriServer, switch: AriSwitch) -> None:
    server.reply("GET", "/channels/leg-1/variable", {"value": "vip"})
    assert await switch.header("leg-1", "X-Class") == "vip"
    (request,) = await server.asked("GET", "/channels/leg-1/variable")
    assert request.query == {"variable": "PJSIP_HEADER(read,X-Class)"}
    server.reply("GET", "/channels/leg-2/variable", {"message": "no such variable"}, status=404)
    assert await switch.header("leg-2", "X-Class") == ""
    server.reply("GET", "/channels/leg-3/variable", held=True)
    assert await switch.header("leg-3", "X-Class") == ""


async def test_an_asterisk_that_does_not_answer_is_not_waited_for(server: AriServer, switch: AriSwitch) -> None:
    for method, path in (("POST", "/channels/leg-1/answer"), ("DELETE", "/channels/leg-1")):
        server.reply(method, path, held=True)
    with pytest.raises(SwitchError, match="no answer"):
        await switch.answer("leg-1")
    with pytest.raises(SwitchError, match="no answer"):
        await switch.hang_up("leg-1")


async def test_an_asterisk_that_is_away_is_a_refusal(server: AriServer, switch: AriSwitch) -> None:
    await server.stop()
    with pytest.raises(SwitchError, match="no answer"):
        await switch.create_bridge("bridge-1")
