"""Calls that outlived their Mercury: found in Asterisk, opened again at their step, and seen to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ari_app.ari.adoption import Snapshot
from ari_app.ari.models import Bridge, Channel
from ari_app.calls.resuming import Resuming, Revival, found, left_off, reopened, waiting_callers
from ari_app.store.records import CallRecord, Direction, Status
from ivr_flows.commands import Decide, Say, Wait
from ivr_flows.events import Decided, Digit
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import parse_flows
from ivr_flows.session import SessionError
from tests.ari_app.ari import samples
from tests.ari_app.calls.office import ARRIVAL, open_office
from tests.ari_app.calls.scene import FLOWS

NODE, CALLER = "node-1", ARRIVAL.channel
CALL = f"mercury-{NODE}-call_1"
FLOW = parse_flows(FLOWS).flows["order"]
INPUTS: Mapping[str, object] = {"order_id": "7"}


def channel(name: str, **changes: Any) -> Channel:
    return Channel.from_json(samples.channel(name, **changes))


def snapshot(channels: Sequence[Channel], *bridged: Sequence[str]) -> Snapshot:
    bridges = [Bridge.from_json(samples.bridge(f"{CALL}-bridge", channels=list(names))) for names in bridged]
    return Snapshot("shop", tuple(channels), tuple(bridges))


def record(**changes: Any) -> CallRecord:
    now = datetime.now(UTC)
    values: dict[str, Any] = dict.fromkeys(CallRecord.__dataclass_fields__, "")
    values |= {
        "id": "call_1",
        "direction": Direction.INBOUND,
        "status": Status.IN_PROGRESS,
        "flow": FLOW.name,
        "flow_hash": FLOW.hash,
        "language": "en",
        "inputs": INPUTS,
        "node": NODE,
        "channel_id": CALLER,
        "attempt_no": 0,
        "created_at": now,
        "answered_at": now,
    }
    return CallRecord(**{**values, **changes})


# -- which go on ------------------------------------------------------------------------------------------------------


def test_a_call_whose_channel_is_up_goes_on() -> None:
    call = record()
    assert found(call, NODE, snapshot([channel(CALLER)])) == Revival(call, answered=True, life=2)


@pytest.mark.parametrize(
    ("state", "app", "answered"),
    [("Up", "Stasis", True), ("Ring", "Stasis", False), ("Ringing", "AppDial2", False), ("Down", "Stasis", False)],
)
def test_one_that_rings_goes_on_ringing(state: str, app: str, answered: bool) -> None:
    dialplan = {**samples.channel()["dialplan"], "app_name": app}
    revival = found(record(), NODE, snapshot([channel(CALLER, state=state, dialplan=dialplan)]))
    assert revival
    assert revival.answered is answered


def test_one_that_is_gone_or_was_sent_to_the_dialplan_does_not() -> None:
    elsewhere = {**samples.channel()["dialplan"], "app_name": "Playback"}
    assert found(record(), NODE, snapshot([channel("another")])) is None
    assert found(record(), NODE, snapshot([channel(CALLER, dialplan=elsewhere)])) is None


@pytest.mark.parametrize(
    ("left", "life"),
    [
        ([], 2),
        ([f"{CALL}-media"], 2),
        ([f"{CALL}-media-2"], 3),
        (["call-2"], 3),
        (["call_1-2", f"{CALL}-media-3"], 4),
    ],
)
def test_what_is_made_anew_takes_no_name_that_was_used(left: list[str], life: int) -> None:
    channels = [channel(CALLER), *(channel(name) for name in left if name.startswith("mercury"))]
    revival = found(record(), NODE, snapshot(channels), [name for name in left if not name.startswith("mercury")])
    assert revival
    assert revival.life == life


@pytest.mark.parametrize(
    ("bridged", "person"),
    [
        ([CALLER, f"{CALL}-person1-leg"], f"{CALL}-person1-leg"),
        ([CALLER, f"{CALL}-person2-3-leg"], f"{CALL}-person2-3-leg"),
        ([CALLER, f"{CALL}-media"], ""),
        ([f"{CALL}-person1-leg"], ""),
    ],
)
def test_whom_the_caller_talks_with_is_seen_in_the_bridge(bridged: list[str], person: str) -> None:
    revival = found(record(), NODE, snapshot([channel(CALLER)], bridged))
    assert revival
    assert revival.talks_with == person


def test_a_caller_of_whom_there_is_no_record_is_taken_anew() -> None:
    came = {**samples.channel()["dialplan"], "app_data": "shop,inbound,test-trunk,+91800"}
    channels = [channel("1", dialplan=came), channel("2", dialplan=came), channel("3")]
    ((caller, trunk, dialled),) = waiting_callers(snapshot(channels), {"2"})
    assert (caller.id, trunk, dialled) == ("1", "test-trunk", "+91800")


# -- from where -------------------------------------------------------------------------------------------------------


def test_without_a_session_the_flow_begins() -> None:
    assert reopened(FLOW, record()).session == start(FLOW, INPUTS, "en")[0]


def test_the_question_is_put_again() -> None:
    session, _ = start(FLOW, INPUTS, "en")
    opening = reopened(FLOW, record(session=session.to_json()))
    assert opening.session.step == session.step
    assert isinstance(opening.commands[0], Say)
    assert isinstance(opening.commands[-1], Wait)


def test_a_decision_is_asked_for_again_not_the_caller() -> None:
    session, commands = start(FLOW, INPUTS, "en")
    for key in "125#":
        session, commands = advance(FLOW, session, Digit(100, key))
    assert isinstance(commands[-1], Decide)
    opening = reopened(FLOW, record(session=session.to_json(), outcome=commands[-1].outcome))
    assert opening.commands == (commands[-1],)
    _, told = advance(FLOW, opening.session, Decided(200, accepted=True))
    assert isinstance(told[0], Say)


def test_a_decision_of_which_no_session_knows_is_not_asked_about_again() -> None:
    with pytest.raises(SessionError, match="no session"):
        reopened(FLOW, record(outcome="confirmed"))


def test_whoever_leaves_meanwhile_has_hung_up() -> None:
    session, _ = start(FLOW, INPUTS, "en")
    end = left_off(FLOW, record(session=session.to_json()))
    assert end
    assert end.outcome == FLOW.body.on_hang_up
    assert left_off(FLOW, record()) is None


# -- at the desk ------------------------------------------------------------------------------------------------------


class Spawned:
    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []

    def __call__(self, work: Any, name: str) -> None:
        self.tasks.append(asyncio.create_task(work, name=name))


def seen(person: str, *, bridged: Sequence[str] = ()) -> Snapshot:
    return snapshot([channel(person)], *([bridged] if bridged else []))


async def test_a_resumed_call_asks_again_and_ends_as_it_is_answered(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        call_id = await office.recorded("call_1")
        await office.begin(call_id)
        left = await office.record(call_id)
        session, _ = start(FLOW, left.inputs, "en", caller=left.to)
        await office.store.add_events(call_id, (), session.to_json())
        left = await office.record(call_id)
        resuming, spawned = Resuming(NODE, office.desk, office.desk.assembly.written, [left]), Spawned()
        await asyncio.gather(*resuming.begin(seen(left.channel_id), spawned))
        assert list(office.desk.live) == [call_id]
        assert resuming.open == []
        call = await office.talking()
        assert call.names.media.endswith("-media-2")
        assert office.switch.names("create") == office.switch.names("answer") == []
        assert office.switch.names("stop_music") == [call.names.bridge]
        for key in "125#":
            call.key(key)
        await asyncio.gather(*spawned.tasks)
        ended = await office.record(call_id)
        assert (ended.status, ended.outcome) == (Status.COMPLETED, "confirmed")


async def test_one_that_is_gone_is_left_to_be_buried(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        left = await office.record(await office.recorded("call_1"))
        resuming, spawned = Resuming(NODE, office.desk, office.desk.assembly.written, [left]), Spawned()
        assert resuming.begin(seen("another"), spawned) == []
        assert (resuming.open, spawned.tasks) == ([left], [])


async def test_one_that_cannot_go_on_is_hung_up_and_has_its_end_on_record(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        call_id = await office.recorded("call_1")
        await office.begin(call_id)
        left = replace(await office.record(call_id), session="{}")
        await office.store.dialled(call_id, left.channel_id)
        office.switch.channels.add(left.channel_id)
        spawned = Spawned()
        await asyncio.gather(
            *Resuming(NODE, office.desk, office.desk.assembly.written, [left]).begin(seen(left.channel_id), spawned)
        )
        await asyncio.gather(*spawned.tasks)
        assert office.switch.channels == set()
        assert (await office.record(call_id)).status is Status.FAILED
