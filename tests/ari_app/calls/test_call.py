"""A call's life, in every order in which its events may come. Whatever happens, nothing of it stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ari_app.calls.state import Happening, State
from ari_app.calls.switch import LegGoneError, SwitchError
from ari_app.store.records import Status
from media.dialog.protocol import MediaLost
from media.transport.protocol import TransportError
from tests.ari_app.calls.fakes import VARIABLES
from tests.ari_app.calls.scene import LIMITS, Scene
from tests.virtual_time import settle, virtual_time

IN_AND_OUT = pytest.mark.parametrize("outbound", [False, True])
EACH_STATE = pytest.mark.parametrize(
    ("state", "outbound"),
    [(State.DIALING, True), *((state, out) for state in (State.SETTING_UP, State.TALKING) for out in (False, True))],
)
SETTLES_S = 0.3
"""How long a setup that failed waits for word that the person has gone."""
REFUSED = SwitchError("POST /x: 500: Allocation failed")


@IN_AND_OUT
@virtual_time
async def test_from_the_answer_to_the_flow_s_end(outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    await scene.reach(State.TALKING)
    assert scene.leg.answer == VARIABLES
    for key in "120#":
        scene.call.key(key)
        await settle()
    final = await scene.final()
    assert (final.status, final.outcome, final.decided) == (Status.COMPLETED, "confirmed", True)
    assert final.data["ready_in"] == 20
    assert scene.leg.texts == ["To accept, press one.", "How many minutes?", "It is confirmed."]
    assert scene.switch.names("answer") == ([] if outbound else [scene.person])
    assert scene.switch.names("hang_up") == [scene.person, scene.names.media]
    assert scene.switch.names("destroy_bridge") == [scene.names.bridge]
    assert scene.nothing_left()


@virtual_time
async def test_bridge_and_media_are_made_while_the_phone_rings() -> None:
    scene = Scene(outbound=True)
    await scene.reach(State.DIALING)
    assert {method for method, _ in scene.switch.asked} == {"create", "dial", "create_bridge", "external_media"}
    assert [utterance.id for utterance in scene.leg.prepared]
    assert not scene.switch.names("join")


@virtual_time
async def test_the_media_channel_is_bridged_only_when_it_has_entered_stasis() -> None:
    scene = Scene()
    scene.switch.silent.add("external_media")
    await scene.reach(State.SETTING_UP)
    assert not scene.switch.names("join")
    scene.call.media_entered()
    await settle()
    assert scene.switch.names("join") == [scene.names.bridge]
    assert scene.call.state is State.TALKING


# -- the person goes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "status", "outcome"),
    [(17, Status.BUSY, "busy"), (21, Status.BUSY, "declined"), (19, Status.NO_ANSWER, "no_answer")],
)
@virtual_time
async def test_a_phone_that_does_not_answer(cause: int, status: Status, outcome: str) -> None:
    scene = Scene(outbound=True)
    await scene.reach(State.DIALING)
    scene.leave(cause)
    final = await scene.final()
    assert (final.status, final.outcome) == (status, outcome)
    assert scene.nothing_left()


@IN_AND_OUT
@virtual_time
async def test_a_hang_up_during_the_setup_waits_for_its_requests_and_takes_all_down(outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    scene.switch.held["external_media"] = asyncio.Event()
    await scene.reach(State.SETTING_UP)
    scene.leave()
    await settle()
    assert not scene.switch.names("destroy_bridge")
    scene.switch.held["external_media"].set()
    final = await scene.final()
    assert (final.status, final.outcome) == (Status.COMPLETED, "abandoned")
    assert scene.nothing_left()


@IN_AND_OUT
@virtual_time
async def test_a_setup_that_fails_for_the_caller_has_gone_is_no_failure(outbound: bool) -> None:
    """Asterisk answers 400 to a join of a channel that is gone; its end may be told before or after."""
    for told_first in (True, False):
        scene = Scene(outbound=outbound)
        scene.switch.held["join"] = asyncio.Event()
        await scene.reach(State.SETTING_UP)
        scene.switch.errors["join"] = SwitchError("400: Channel not found")
        scene.switch.channels.discard(scene.person)
        if told_first:
            scene.leave()
            await settle()
        scene.switch.held["join"].set()
        final = await scene.final(SETTLES_S)
        assert (final.status, final.outcome) == (Status.COMPLETED, "abandoned")
        assert scene.nothing_left()


@IN_AND_OUT
@virtual_time
async def test_a_setup_that_fails_just_before_the_caller_s_end_is_told_is_no_failure(outbound: bool) -> None:
    """The channel is there still, and is leaving: Asterisk refuses the join, then tells of its end."""
    scene = Scene(outbound=outbound)
    scene.switch.errors["join"] = SwitchError("422: Channel not in Stasis application")
    await scene.reach(State.SETTING_UP)
    await asyncio.sleep(0.1)
    scene.leave()
    final = await scene.final()
    assert (final.status, final.outcome) == (Status.COMPLETED, "abandoned")
    assert scene.nothing_left()


@virtual_time
async def test_a_caller_who_has_gone_before_the_answer() -> None:
    scene = Scene()
    scene.switch.errors["answer"] = LegGoneError("404: Channel not found")
    scene.switch.channels.discard(scene.person)
    scene.begin()
    final = await scene.final()
    assert (final.status, final.outcome) == (Status.COMPLETED, "abandoned")
    assert scene.switch.names("hang_up") == [scene.names.media]
    assert scene.nothing_left()
    await scene.history.flush()
    assert scene.store.answered_at == []


@virtual_time
async def test_a_hang_up_in_the_conversation_is_the_flow_s_last_event() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leave()
    final = await scene.final()
    assert (final.status, final.outcome) == (Status.COMPLETED, "hung_up")
    assert scene.switch.names("hang_up") == [scene.names.media]
    assert scene.nothing_left()


@virtual_time
async def test_a_hang_up_while_we_hang_up() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.switch.held["hang_up"] = asyncio.Event()
    scene.call.happened(Happening.CANCELED, reason="order withdrawn")
    await settle()
    assert scene.call.state is State.ENDING
    scene.leave()
    scene.switch.held["hang_up"].set()
    final = await scene.final()
    assert final.reason == "order withdrawn"
    assert scene.nothing_left()


# -- the media goes ----------------------------------------------------------------------------------------------------


@EACH_STATE
@virtual_time
async def test_the_media_channel_is_lost(state: State, outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    if state is State.SETTING_UP:
        scene.switch.held["join"] = asyncio.Event()
    await scene.reach(state)
    scene.call.happened(Happening.MEDIA_GONE)
    await settle()
    assert scene.switch.names("hang_up")[0] == scene.person
    if state is State.SETTING_UP:
        scene.switch.held["join"].set()
    await scene.final()
    assert scene.nothing_left()


@virtual_time
async def test_the_caller_s_audio_stops() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leg.tell(MediaLost(0.0))
    final = await scene.final()
    assert (final.outcome, final.reason) == ("hung_up", "the caller's audio stopped")
    assert scene.nothing_left()


@IN_AND_OUT
@virtual_time
async def test_the_way_to_its_media_does_not_open(outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    scene.leg.attach_error = TransportError("the media websocket did not come up: Asterisk refused it with 404")
    await scene.reach(State.SETTING_UP)
    await asyncio.sleep(SETTLES_S)
    final = await scene.final()
    assert "did not come up" in final.reason
    assert scene.nothing_left()


@virtual_time
async def test_media_that_end_with_the_call_are_not_lost() -> None:
    """A websocket ends with its channel, which is taken down before the leg is closed."""
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.call.happened(Happening.LEG_GONE, cause=16)
    scene.switch.on_gone = lambda _: scene.leg.tell(MediaLost(0.0))
    final = await scene.final()
    assert final.reason != "the caller's audio stopped"


# -- it is cancelled, or lasts too long -----------------------------------------------------------------------------


@EACH_STATE
@virtual_time
async def test_it_is_cancelled(state: State, outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    scene.switch.held["join"] = asyncio.Event()
    if state is State.TALKING:
        scene.switch.held.clear()
    await scene.reach(state)
    scene.call.happened(Happening.CANCELED, reason="order withdrawn")
    scene.call.happened(Happening.CANCELED, reason="and again")
    await settle()
    for held in scene.switch.held.values():
        held.set()
    final = await scene.final()
    assert final.reason == "order withdrawn"
    assert final.outcome == ("hung_up" if state is State.TALKING else "canceled")
    assert scene.nothing_left()


@virtual_time
async def test_a_phone_that_rings_for_ever() -> None:
    scene = Scene(outbound=True)
    await scene.reach(State.DIALING)
    final = await scene.final(LIMITS.dialing_s)
    assert (final.status, final.outcome) == (Status.NO_ANSWER, "no_answer")
    assert scene.switch.names("hang_up")[0] == scene.person
    assert scene.nothing_left()


@virtual_time
async def test_a_media_channel_that_never_enters_stasis() -> None:
    scene = Scene()
    scene.switch.silent.add("external_media")
    await scene.reach(State.SETTING_UP)
    final = await scene.final(3 + SETTLES_S)
    assert final.status is Status.FAILED
    assert "did not enter Stasis within 3 s" in final.reason
    assert scene.nothing_left()


@virtual_time
async def test_a_setup_that_lasts_too_long() -> None:
    scene = Scene()
    scene.switch.held["answer"] = asyncio.Event()
    await scene.reach(State.SETTING_UP)
    await asyncio.sleep(LIMITS.setup_s + 0.001)
    assert scene.switch.names("hang_up") == [scene.person]
    scene.switch.held["answer"].set()
    final = await scene.final()
    assert (final.status, final.reason) == (Status.FAILED, "the call's media could not be set up in time")
    assert scene.nothing_left()


@virtual_time
async def test_a_conversation_that_lasts_too_long() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    final = await scene.final(LIMITS.talking_s)
    assert (final.outcome, final.reason) == ("hung_up", "the call reached its longest time")
    assert scene.nothing_left()


@virtual_time
async def test_a_hang_up_of_which_nothing_is_heard_is_asked_for_again() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.switch.errors["hang_up"] = SwitchError("DELETE /channels: no answer")
    scene.call.happened(Happening.CANCELED)
    await settle()
    scene.switch.errors.clear()
    await scene.final(LIMITS.ending_s)
    assert scene.switch.names("hang_up").count(scene.person) == 2
    assert scene.nothing_left()


# -- requests that Asterisk refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["answer", "create_bridge", "external_media", "join"])
@virtual_time
async def test_an_inbound_setup_that_is_refused(method: str) -> None:
    scene = Scene()
    scene.switch.errors[method] = REFUSED
    scene.begin()
    final = await scene.final(SETTLES_S)
    assert (final.status, final.outcome, final.reason) == (Status.FAILED, "failed", str(REFUSED))
    assert scene.switch.names("hang_up")[0] == scene.person
    assert scene.nothing_left()


@pytest.mark.parametrize("method", ["create", "dial", "create_bridge", "external_media", "join"])
@virtual_time
async def test_an_outbound_setup_that_is_refused(method: str) -> None:
    scene = Scene(outbound=True)
    scene.switch.errors[method] = REFUSED
    scene.begin()
    await settle()
    if method not in ("create", "dial"):
        scene.call.happened(Happening.ANSWERED)
    final = await scene.final(SETTLES_S)
    assert (final.status, final.outcome) == (Status.FAILED, "failed")
    assert str(REFUSED) in final.reason
    assert scene.nothing_left()


@virtual_time
async def test_a_phone_is_not_rung_whose_ringing_is_not_on_record() -> None:
    scene = Scene(outbound=True)
    scene.may_dial = False
    scene.begin()
    final = await scene.final(SETTLES_S)
    assert (final.status, final.reason) == (Status.FAILED, "it was not to be dialled any more")
    assert scene.switch.names("dial") == []
    assert scene.nothing_left()


@virtual_time
async def test_a_call_that_can_t_be_recorded_is_not_answered() -> None:
    scene = Scene()
    scene.not_recorded = SwitchError("the call could not be recorded: disk full")
    scene.begin()
    final = await scene.final(SETTLES_S)
    assert (final.status, final.reason) == (Status.FAILED, str(scene.not_recorded))
    assert scene.switch.names("answer") == []
    assert scene.nothing_left()


@virtual_time
async def test_all_that_was_refused_is_told() -> None:
    scene = Scene()
    scene.switch.held = {"answer": asyncio.Event(), "create_bridge": asyncio.Event()}
    scene.switch.errors = {"answer": SwitchError("no answer"), "create_bridge": SwitchError("no bridge")}
    await scene.reach(State.SETTING_UP)
    for held in scene.switch.held.values():
        held.set()
    final = await scene.final(SETTLES_S)
    assert "no bridge" in final.reason or "no answer" in final.reason
    assert "TaskGroup" not in final.reason
    assert scene.nothing_left()


@virtual_time
async def test_a_fault_of_ours_in_the_setup_ends_the_call_at_once() -> None:
    scene = Scene()
    scene.switch.errors["join"] = KeyError("channelvars")
    scene.begin()
    final = await scene.final()
    assert final.status is Status.FAILED
    assert "KeyError" in final.reason
    assert scene.nothing_left()


@virtual_time
async def test_what_can_t_be_taken_down_is_logged_and_does_not_hold_the_call() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.switch.errors = {"destroy_bridge": REFUSED}
    scene.leave()
    await scene.final()
    assert scene.leg.closed == 1
    assert scene.switch.bridges == {scene.names.bridge}


# -- the flow fails -------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_flow_that_raises_ends_the_call() -> None:
    scene = Scene()
    scene.backend.decision = RuntimeError("a bug")
    await scene.reach(State.TALKING)
    for key in "15#":
        scene.call.key(key)
        await settle()
    final = await scene.final()
    assert (final.status, final.reason) == (Status.FAILED, "the flow failed: a bug")
    assert scene.nothing_left()


@virtual_time
async def test_a_flow_that_does_not_stop_is_cancelled() -> None:
    scene = Scene()
    scene.leg.stop_listening = lambda: None  # type: ignore[method-assign]
    await scene.reach(State.TALKING)
    scene.backend.held = asyncio.Event()
    scene.backend.decide = _stubborn  # type: ignore[assignment,method-assign]
    for key in "15#":
        scene.call.key(key)
        await settle()
    scene.leave()
    final = await scene.final(8)
    assert (final.status, final.reason) == (Status.FAILED, "the flow gave no outcome")
    assert scene.nothing_left()


@virtual_time
async def test_a_key_before_the_answer_is_none() -> None:
    scene = Scene(outbound=True)
    await scene.reach(State.DIALING)
    scene.call.key("1")
    scene.call.happened(Happening.ANSWERED)
    await settle()
    assert scene.leg.texts == ["To accept, press one."]


@virtual_time
async def test_a_key_that_asterisk_reports_twice_is_taken_once_and_noted() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    let_go = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    for key, after_ms in [("1", 0), ("2", 200), ("2", 240), ("0", 500), ("#", 700)]:
        scene.call.key(key, let_go + timedelta(milliseconds=after_ms))
        await settle()
    assert (await scene.final()).data["ready_in"] == 20
    await scene.history.flush()
    assert [event.kind for event in scene.store.events].count("key_repeated") == 1


# -- Mercury itself ends -------------------------------------------------------------------------------------------


@EACH_STATE
@virtual_time
async def test_a_call_whose_task_is_cancelled_leaves_nothing_behind(state: State, outbound: bool) -> None:
    scene = Scene(outbound=outbound)
    if state is State.SETTING_UP:
        scene.switch.held["answer" if not outbound else "join"] = asyncio.Event()
    await scene.reach(state)
    life = scene.life
    assert life
    life.cancel()
    await asyncio.wait([life])
    assert life.cancelled()
    await settle()
    assert scene.nothing_left()


@virtual_time
async def test_a_call_that_is_cancelled_while_it_is_being_dialled_leaves_nothing_behind() -> None:
    scene = Scene(outbound=True)
    scene.switch.held["create"] = asyncio.Event()
    life = scene.begin()
    await settle()
    scene.switch.channels.add(scene.person)
    life.cancel()
    await asyncio.wait([life])
    assert scene.person in scene.switch.names("hang_up")
    assert scene.nothing_left()


@virtual_time
async def test_the_history_tells_the_states_and_why() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leave()
    await scene.final()
    await scene.history.flush()
    states = [(event.data["state"], event.data.get("because")) for event in scene.store.events if event.kind == "state"]
    assert states == [
        ("dialing", None),
        ("setting_up", "answered"),
        ("talking", "media_ready"),
        ("ended", "leg_gone"),
    ]
    assert len(scene.store.answered_at) == 1
    assert scene.store.kinds[-2:] == ["media_closed", "ended"]


async def _stubborn(*_arguments: object) -> None:
    """A commit that holds on against its deadline."""
    for _attempt in range(2):
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            continue
