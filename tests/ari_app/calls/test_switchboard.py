"""Asterisk's events to the calls that they are about, over a real websocket; and order after each connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ari_app import ari
from ari_app.calls import switchboard as module
from ari_app.calls.call import Call
from ari_app.calls.handover import HandoverError
from ari_app.calls.handover_state import Stage
from ari_app.calls.state import State
from ari_app.calls.switch import SwitchError
from ari_app.calls.switchboard import Switchboard
from ari_app.store.records import Status
from ivr_flows.commands import Transfer
from tests.ari_app.ari.samples import about, bridge, channel
from tests.ari_app.calls.fakes import spawn
from tests.ari_app.calls.office import ARRIVAL, SHOP, VENDOR, Office, open_office
from tests.standins.ari_server import PASSWORD, USER, AriServer

QUICK = ari.Options(retry_first_s=0.01, retry_cap_s=0.05)
INBOUND = ["inbound", "test-trunk", SHOP]
IN_STASIS = {"context": "default", "exten": "s", "priority": 1, "app_name": "Stasis", "app_data": "shop,inbound"}


@dataclass
class Exchange:
    """A switchboard between the stand-in for Asterisk's ARI and an office."""

    server: AriServer
    client: ari.Client
    office: Office
    board: Switchboard

    async def call(self) -> Call:
        """A call that came in, and talks."""
        await self.server.send(about("StasisStart", ARRIVAL.channel, args=INBOUND))
        return await self.office.talking()

    async def reconnect(self, channels: list[dict[str, Any]], bridges: list[dict[str, Any]]) -> None:
        """The websocket is cut; this is in Asterisk when it is back."""
        before = len(self.server.sockets)
        self.server.reply("GET", "/channels", channels)
        self.server.reply("GET", "/bridges", bridges)
        self.server.cut()
        await self.server.connections(before + 1)
        await self.client.wait_connected(5)


@pytest.fixture
async def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Exchange]:
    monkeypatch.setattr(module, "_GRACE_S", 0.05)
    async with (
        AriServer() as server,
        open_office(tmp_path) as office,
        ari.connect(server.url, USER, PASSWORD, app="shop", options=QUICK) as client,
    ):
        board = Switchboard(client, office.desk, office.switch, "node-1")
        client.start()
        await client.wait_connected(5)
        yield Exchange(server, client, office, board)
        await office.desk.close(0)
        await board.close()


# -- events ---------------------------------------------------------------------------------------------------------


async def test_a_call_comes_in_presses_keys_and_leaves(exchange: Exchange) -> None:
    call = await exchange.call()
    await exchange.server.send(about("ChannelDtmfReceived", ARRIVAL.channel, digit="1", duration_ms=100))
    await exchange.office.until(lambda: exchange.office.legs[0].texts[-1] == "How many minutes?", "the next question")
    await exchange.server.send(about("ChannelDestroyed", ARRIVAL.channel, cause=16, cause_txt="Normal Clearing"))
    await exchange.office.until(lambda: call.state is State.ENDED, "the end")
    await exchange.office.desk.close(5)
    record = await exchange.office.the_only_record()
    assert (record.status, record.outcome, record.cause) == (Status.COMPLETED, "hung_up", 16)
    assert record.caller == "+91981"


async def test_a_placed_call_is_answered_and_its_media_enter(exchange: Exchange) -> None:
    office = exchange.office
    office.switch.silent.add("external_media")
    await office.recorded("call_a")
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    await exchange.server.send(about("ChannelStateChange", call.names.leg))
    await office.until(lambda: call.state is State.SETTING_UP, "the answer")
    await exchange.server.send(about("StasisStart", call.names.media, args=[]))
    await office.until(lambda: call.state is State.TALKING, "the conversation")
    await exchange.server.send(about("ChannelDestroyed", call.names.media, cause=16, cause_txt=""))
    await placing
    assert (await office.record("call_a")).status is Status.COMPLETED


async def test_leaving_stasis_is_an_end(exchange: Exchange) -> None:
    call = await exchange.call()
    await exchange.server.send(about("StasisEnd", ARRIVAL.channel))
    await exchange.office.until(lambda: call.state is State.ENDED, "the end")


async def test_a_channel_that_nobody_knows_is_hung_up(exchange: Exchange) -> None:
    exchange.office.switch.errors["hang_up"] = SwitchError("no answer")
    await exchange.server.send(about("StasisStart", "stranger", args=["something", "else"]))
    await exchange.server.send(about("StasisStart", "mercury-node-1-call_9-media", args=[]))
    await exchange.office.until(lambda: len(exchange.office.switch.asked) == 2, "both to be hung up")
    assert exchange.office.switch.names("hang_up") == ["stranger", "mercury-node-1-call_9-media"]


async def test_a_caller_does_not_ring_for_ever_when_taking_fails(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(exchange.office.desk, "_open", broken)
    await exchange.server.send(about("StasisStart", ARRIVAL.channel, args=INBOUND))
    await exchange.office.until(lambda: exchange.office.switch.asked == [("refuse", ARRIVAL.channel)], "a refusal")


async def test_asterisk_is_gone_and_all_its_calls_with_it(exchange: Exchange) -> None:
    call = await exchange.call()
    exchange.board.asterisk_gone()
    await exchange.office.until(lambda: call.state is State.ENDED, "the end")
    assert call.facts.cause == 27


# -- after a connection was away ------------------------------------------------------------------------------------


async def test_a_call_goes_on_through_a_cut_of_the_websocket(exchange: Exchange) -> None:
    call = await exchange.call()
    await exchange.reconnect(
        [channel(ARRIVAL.channel, dialplan=IN_STASIS), channel(call.names.media)], [bridge(call.names.bridge)]
    )
    await exchange.server.send(about("ChannelDtmfReceived", ARRIVAL.channel, digit="1", duration_ms=100))
    await exchange.office.until(lambda: exchange.office.legs[0].texts[-1] == "How many minutes?", "the next question")
    assert exchange.office.switch.names("hang_up") == []


async def test_a_caller_who_left_meanwhile_is_found_out(exchange: Exchange) -> None:
    call = await exchange.call()
    await exchange.reconnect([channel(call.names.media)], [bridge(call.names.bridge)])
    await exchange.office.until(lambda: call.state is State.ENDED, "the end")
    await exchange.office.desk.close(5)
    assert (await exchange.office.the_only_record()).outcome == "hung_up"


@pytest.mark.parametrize("lost", ["media", "bridge"])
async def test_media_that_were_lost_meanwhile_end_the_call(exchange: Exchange, lost: str) -> None:
    call = await exchange.call()
    names = call.names
    await exchange.reconnect(
        [channel(ARRIVAL.channel, dialplan=IN_STASIS), *([] if lost == "media" else [channel(names.media)])],
        [] if lost == "bridge" else [bridge(names.bridge)],
    )
    await exchange.office.until(lambda: ARRIVAL.channel in exchange.office.switch.names("hang_up"), "the hang-up")


async def test_what_an_earlier_life_left_is_deleted_and_what_is_others_stays(exchange: Exchange) -> None:
    elsewhere = {"context": "default", "exten": "s", "priority": 1, "app_name": "Dial", "app_data": "PJSIP/1"}
    await exchange.reconnect(
        [
            channel("mercury-node-1-call_9-leg"),
            channel("mercury-node-2-call_9-leg", dialplan=elsewhere),
            channel("17.1", dialplan=elsewhere),
        ],
        [bridge("mercury-node-1-call_9-bridge"), bridge("conference")],
    )
    switch = exchange.office.switch
    await exchange.office.until(lambda: bool(switch.names("destroy_bridge")), "the orphans' end")
    assert switch.names("hang_up") == ["mercury-node-1-call_9-leg"]
    assert switch.names("destroy_bridge") == ["mercury-node-1-call_9-bridge"]


async def test_a_callee_who_answered_meanwhile_is_talked_to(exchange: Exchange) -> None:
    office = exchange.office
    office.switch.silent.add("external_media")
    await office.recorded("call_a")
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    await exchange.reconnect(
        [channel(call.names.leg, dialplan=IN_STASIS), channel(call.names.media, dialplan=IN_STASIS)],
        [bridge(call.names.bridge)],
    )
    await office.until(lambda: call.state is State.TALKING, "the conversation")
    await exchange.server.send(about("ChannelStateChange", call.names.leg))
    await exchange.server.send(about("ChannelDestroyed", call.names.leg, cause=16, cause_txt="Normal Clearing"))
    await placing
    assert (await office.record("call_a")).outcome == "hung_up"


async def test_a_caller_of_whom_nobody_was_told_is_sent_away(exchange: Exchange) -> None:
    await exchange.reconnect([channel("17.5", dialplan=IN_STASIS)], [])
    await exchange.office.until(lambda: exchange.office.switch.names("hang_up") == ["17.5"], "the hang-up")


async def test_a_call_that_comes_just_then_is_taken(exchange: Exchange) -> None:
    """It is in the list that is read after the connection, and its StasisStart is on the way."""
    await exchange.reconnect([channel(ARRIVAL.channel, dialplan=IN_STASIS)], [])
    call = await exchange.call()
    await asyncio.sleep(0.1)
    assert exchange.office.switch.names("hang_up") == []
    assert call.state is State.TALKING


async def test_a_call_that_is_being_opened_during_the_reconnect_is_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, opened = exchange.office.store.arrived, asyncio.Event()

    async def slowly(*arguments: Any, **named: Any) -> Any:
        await opened.wait()
        return await arrived(*arguments, **named)

    monkeypatch.setattr(exchange.office.store, "arrived", slowly)
    await exchange.server.send(about("StasisStart", ARRIVAL.channel, args=INBOUND))
    await asyncio.sleep(0.02)
    await exchange.reconnect([channel(ARRIVAL.channel, dialplan=IN_STASIS)], [])
    await asyncio.sleep(0.1)
    opened.set()
    await exchange.office.talking()
    assert exchange.office.switch.names("hang_up") == []


async def test_closing_does_not_wait_for_what_is_stuck(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CLOSE_S", 0.01)
    exchange.office.switch.held["hang_up"] = asyncio.Event()
    await exchange.server.send(about("StasisStart", "stranger", args=[]))
    await exchange.office.until(lambda: bool(exchange.office.switch.asked), "the hang-up")
    async with asyncio.timeout(1):
        await exchange.board.close()


# -- a person whom a caller is handed to ----------------------------------------------------------------------------


async def _rung(exchange: Exchange) -> tuple[Call, asyncio.Task[float]]:
    """A call whose caller is being handed to somebody, with a key to take it."""
    call = await exchange.call()
    assert call.handover
    exchange.office.switch.silent.add("external_media")
    work = spawn(call.handover.transfer(Transfer(VENDOR, accept="1")))
    await exchange.office.until(lambda: bool(call.handover and call.handover.person), "a person")
    return call, work


def _stage(call: Call) -> Stage:
    return call.handover.person.stage if call.handover and call.handover.person else Stage.OVER


async def test_a_person_answers_takes_the_call_and_leaves(exchange: Exchange) -> None:
    call, work = await _rung(exchange)
    names = call.names.person(1)
    await exchange.server.send(about("StasisStart", names.leg, args=["outbound"]))
    await exchange.server.send(about("StasisStart", names.media, args=[]))
    await exchange.office.until(lambda: _stage(call) is Stage.ASKED, "the question")
    await exchange.server.send(about("ChannelDtmfReceived", ARRIVAL.channel, digit="1", duration_ms=100))
    await exchange.server.send(about("ChannelDtmfReceived", names.media, digit="1", duration_ms=100))
    await asyncio.sleep(0.02)
    assert _stage(call) is Stage.ASKED, "neither key is the person's"
    await exchange.server.send(about("ChannelDtmfReceived", names.leg, digit="1", duration_ms=100))
    await exchange.office.until(lambda: bool(call.handover and call.handover.talking), "the talk")
    await exchange.server.send(about("ChannelDestroyed", names.media, cause=16, cause_txt=""))
    await exchange.server.send(about("ChannelDestroyed", names.leg, cause=16, cause_txt=""))
    assert await work >= 0


async def test_a_person_who_is_busy(exchange: Exchange) -> None:
    call, work = await _rung(exchange)
    await exchange.server.send(about("ChannelDestroyed", call.names.person(1).leg, cause=17, cause_txt="busy"))
    with pytest.raises(HandoverError, match="busy"):
        await work


@pytest.mark.parametrize("there", [True, False])
async def test_a_person_is_caught_up_with_after_a_cut(exchange: Exchange, there: bool) -> None:
    call, work = await _rung(exchange)
    names = call.names.person(1)
    await exchange.office.until(lambda: bool(exchange.office.switch.names("external_media")[1:]), "their media")
    channels = [channel(ARRIVAL.channel, dialplan=IN_STASIS), channel(call.names.media, dialplan=IN_STASIS)]
    theirs = [channel(name, dialplan=IN_STASIS) for name in (names.leg, names.media)]
    await exchange.reconnect([*channels, *(theirs if there else [])], [bridge(call.names.bridge), bridge(names.bridge)])
    if there:
        await exchange.office.until(lambda: _stage(call) is Stage.ASKED, "the question")
        assert names.leg not in exchange.office.switch.names("hang_up")
        work.cancel()
        await asyncio.wait({work})
    else:
        with pytest.raises(HandoverError):
            await work
