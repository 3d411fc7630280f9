"""The front desk, on a real database: whom it takes, whom it refuses, and that every call has an end on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ari_app.calls import desk as desk_module
from ari_app.calls.desk import Arrival
from ari_app.calls.ids import Names
from ari_app.calls.outcome import lost
from ari_app.calls.state import Happening, State
from ari_app.calls.switch import Refusal, SwitchError
from ari_app.store.records import Attempt, CallRecord, Status
from ari_app.store.terms import Terms
from ivr_flows.loader import parse_flows
from tests.ari_app.calls.fakes import spawn
from tests.ari_app.calls.office import ARRIVAL, OTHER, SHOP, VENDOR, Office, open_office
from tests.ari_app.calls.scene import FLOWS
from tests.ari_app.store.samples import NOON

AWAY = OperationalError("UPDATE calls", {}, Exception("database is locked"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


# -- calls that come in ---------------------------------------------------------------------------------------------


async def test_a_call_that_comes_in_is_on_record_from_its_first_ring_to_its_end(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    record = await office.the_only_record()
    assert (record.flow, record.to, record.caller, record.channel_id) == (
        "order",
        SHOP,
        ARRIVAL.caller,
        ARRIVAL.channel,
    )
    for key in "120#":
        call.key(key)
    await taken
    record = await office.the_only_record()
    assert (record.status, record.outcome, record.data) == (Status.COMPLETED, "confirmed", {"ready_in": 20})
    assert record.answered_at is not None
    kinds = [event.kind for event in await office.store.events(record.id)]
    assert {"state", "key", "decided", "media_closed", "ended", "finished"} <= set(kinds)
    assert office.desk.live == {}


async def test_the_caller_s_number_is_a_variable_of_the_flow(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    call.happened(Happening.LEG_GONE)
    await taken
    assert f'"caller":"{ARRIVAL.caller}"' in (await office.the_only_record()).session


async def test_a_call_that_no_route_is_for_is_refused(office: Office) -> None:
    await office.desk.take(Arrival("170000.1", "test-trunk", "+918000000099", "+919800000000"))
    assert office.switch.asked == [("refuse", "170000.1")]
    assert await office.store.list_recent() == []


@pytest.mark.parametrize("unrouted", ["busy", "not_found", "decline"])
async def test_a_caller_whom_no_route_is_for_is_told_what_the_flows_say(office: Office, unrouted: Refusal) -> None:
    office.flows = parse_flows(f"unrouted: {unrouted}\n{FLOWS}")
    await office.desk.take(replace(ARRIVAL, dialled="+918000000099"))
    assert office.switch.refusals == [unrouted]


@pytest.mark.parametrize(("value", "taken"), [("vip-7", True), ("usual", False), ("", False)])
async def test_headers_are_asked_for_where_a_route_wants_them(office: Office, value: str, taken: bool) -> None:
    office.flows = parse_flows(FLOWS.replace("flow: order,", "headers: {X-Class: vip*}, flow: order,", 1))
    office.switch.headers = {"X-Class": value}
    office.ports = 0
    await office.desk.take(ARRIVAL)
    assert office.switch.names("header") == ["X-Class"]
    assert len(await office.store.list_recent()) == taken


HOURS = "hours: {shop: {open: {mon-sun: 09:00-21:00}}}\n"


@pytest.mark.parametrize(("hour", "refusals"), [(3, ["busy"]), (4, [])])
async def test_the_hour_is_looked_at_when_the_call_comes(tmp_path: Path, hour: int, refusals: list[str]) -> None:
    now = datetime(2026, 10, 5, hour, 0, tzinfo=UTC)
    async with open_office(tmp_path, now=lambda: now) as office:
        office.flows = parse_flows(HOURS + FLOWS.replace("flow: order,", "hours: shop, flow: order,", 1))
        taken = spawn(office.desk.take(ARRIVAL))
        if not refusals:
            (await office.talking()).happened(Happening.LEG_GONE)
        await taken
        assert office.switch.refusals == refusals


async def test_no_more_calls_are_taken_than_admitted_even_when_they_come_at_once(tmp_path: Path) -> None:
    async with open_office(tmp_path, max_calls=2) as office:
        arrivals = [Arrival(f"170000.{number}", "test-trunk", SHOP, "+919800000000") for number in range(5)]
        taken = [spawn(office.desk.take(arrival)) for arrival in arrivals]
        await office.live(2)
        await office.until(lambda: len(office.switch.names("answer")) == 2, "two answers")
        assert [task.done() for task in taken] == [False, False, True, True, True]
        assert office.switch.names("refuse") == ["170000.2", "170000.3", "170000.4"]
        assert len(await office.store.list_recent()) == 2


@pytest.mark.parametrize(
    ("said", "recorded"),
    [
        ("", False),
        ('recording: "off"', False),
        ("recording: silent", True),
        ("recording: announced\n    announce: {en: We record.}", True),
    ],
)
async def test_a_flow_says_whether_its_calls_are_recorded(office: Office, said: str, recorded: bool) -> None:
    office.flows = parse_flows(FLOWS.replace("start: accept\n", f"start: accept\n    {said}\n", 1))
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    folder = office.settings.run_dir / "recordings" / call.names.call_id
    assert office.recordings == [folder / "call.wav" if recorded else None]
    call.happened(Happening.LEG_GONE)
    await taken


async def test_a_caller_without_room_hears_an_apology_in_the_language_of_the_route(tmp_path: Path) -> None:
    async with open_office(tmp_path, max_calls=1, apologies={"en": tmp_path / "en.wav"}) as office:
        spawn(office.desk.take(ARRIVAL))
        await office.talking()
        await office.desk.take(Arrival("170000.2", "test-trunk", SHOP, "+919800000000"))
        assert office.switch.names("apologise") == ["170000.2 en.wav"]
        assert office.switch.refusals == []
        assert office.desk.load.startswith("refuses calls (full): 1 of 1 calls")
        assert office.desk.load.endswith("refused so far: 1 full")
        assert office.legs[0].closed == 0
        await office.desk.close(0)
        await office.desk.take(Arrival("170000.3", "test-trunk", SHOP, "+919800000000"))
        assert office.switch.names("refuse") == ["170000.3"], "who is closing keeps nobody"


async def test_an_outbound_call_waits_for_room_and_is_placed_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_ROOM_LOOK_S", 0.01)
    async with open_office(tmp_path, max_calls=1) as office:
        taken = spawn(office.desk.take(ARRIVAL))
        inbound = await office.talking()
        await office.recorded("call_a")
        placing = spawn(office.place("call_a"))
        await asyncio.sleep(0.05)
        assert (await office.record("call_a")).status is Status.QUEUED
        inbound.happened(Happening.LEG_GONE)
        await taken
        (call,) = await office.live()
        assert call.names.call_id == "call_a"
        office.desk.cancel("call_a", "the test is over")
        await placing


async def test_an_outbound_call_that_finds_no_room_is_given_back_to_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_ROOM_LOOK_S", 0.01)
    monkeypatch.setattr(desk_module, "_ROOM_S", 0.05)
    async with open_office(tmp_path, max_calls=1) as office:
        spawn(office.desk.take(ARRIVAL))
        await office.talking()
        await office.recorded("call_a")
        with pytest.raises(TimeoutError, match="there was no room"):
            await office.place("call_a")
        assert (await office.record("call_a")).status is Status.QUEUED


async def test_a_call_without_a_port_is_refused_and_its_end_recorded(office: Office) -> None:
    office.ports = 0
    await office.desk.take(ARRIVAL)
    assert office.switch.asked == [("refuse", ARRIVAL.channel)]
    record = await office.the_only_record()
    assert (record.status, record.reason) == (Status.FAILED, "no even UDP port is free")


async def test_a_call_that_fails_to_be_made_frees_its_port_and_has_its_end_on_record(office: Office) -> None:
    office.no_minds = RuntimeError("no minds today")
    await office.desk.take(ARRIVAL)
    assert office.switch.asked == [("refuse", ARRIVAL.channel)]
    assert [leg.closed for leg in office.legs] == [1]
    assert not office.equipped
    record = await office.the_only_record()
    assert (record.status, record.reason) == (Status.FAILED, "RuntimeError: no minds today")
    assert office.desk.live == {}


async def test_an_outbound_call_that_fails_to_be_made_is_made_again_in_a_while(office: Office) -> None:
    office.no_minds = RuntimeError("no minds today")
    await office.place(await office.recorded("call_1"))
    assert [leg.closed for leg in office.legs] == [1]
    assert not office.equipped
    record = await office.the_only_record()
    assert not record.status.final
    assert record.due_at
    (attempt,) = await office.store.attempts_of("call_1")
    assert (attempt.outcome, attempt.reason) == ("not_dialled", "RuntimeError: no minds today")


async def test_a_call_whose_task_is_cancelled_has_an_end_on_record(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    await office.talking()
    assert office.equipped == set(office.desk.live)
    taken.cancel()
    await asyncio.wait([taken])
    assert not office.equipped
    record = await office.the_only_record()
    assert (record.status, record.reason) == (Status.FAILED, "an error within Mercury ended the call")
    assert office.legs[0].closed == 1
    assert not office.switch.bridges


# -- calls that are placed ------------------------------------------------------------------------------------------


async def placed(office: Office, call_id: str = "call_a") -> asyncio.Task[None]:
    placing = spawn(office.place(call_id))
    (call,) = await office.live()
    call.happened(Happening.ANSWERED)
    await office.talking()
    return placing


async def test_a_call_is_placed_and_its_decision_and_result_are_committed(office: Office) -> None:
    await office.recorded("call_a")
    placing = await placed(office)
    assert (await office.record("call_a")).channel_id == Names("node-1", "call_a").leg
    (call,) = office.desk.live.values()
    for key in "115#":
        call.key(key)
    await placing
    record = await office.record("call_a")
    assert (record.status, record.outcome) == (Status.COMPLETED, "confirmed")
    assert len(await office.store.callbacks_of("call_a")) == 1


async def test_a_second_call_about_a_decided_order_decides_nothing(office: Office) -> None:
    for call_id, number in (("call_a", VENDOR), ("call_b", OTHER), ("call_c", OTHER)):
        await office.recorded(call_id, inputs={"order_id": "4711"}, to=number)
    placings = [spawn(office.place(call_id)) for call_id in ("call_a", "call_b")]
    for call in await office.live(2):
        call.happened(Happening.ANSWERED)
    await office.until(lambda: all(leg.listened for leg in office.legs), "both questions")
    for call_id, placing in zip(("call_a", "call_b"), placings, strict=True):
        for key in "115#":
            office.desk.live[call_id].key(key)
        await placing
    assert [(await office.record(name)).outcome for name in ("call_a", "call_b")] == ["confirmed", "already"]
    assert (await office.begin("call_c")).code == "decided", "nobody is called about it any more"


async def test_a_recogniser_is_told_what_the_call_is_about(office: Office) -> None:
    await office.recorded("call_a", inputs={"order_id": "asha"})
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    call.happened(Happening.ANSWERED)
    await office.until(lambda: bool(office.legs[0].listened), "the question")
    assert office.legs[0].listened[-1].words == ("asha",)
    office.desk.cancel("call_a", "enough")
    await placing


async def test_a_call_that_is_not_answered(office: Office) -> None:
    await office.recorded("call_a")
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    assert (await office.record("call_a")).status is Status.RINGING
    call.happened(Happening.LEG_GONE, cause=17)
    await placing
    record = await office.record("call_a")
    assert (record.status, record.outcome, record.cause) == (Status.BUSY, "busy", 17)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"to": "+919000000000"}, "no trunk reaches +919000000000"), ({"flow": "closed"}, "there is no flow 'closed'")],
)
async def test_a_call_that_can_t_be_placed_ends_at_once(office: Office, changes: dict[str, str], reason: str) -> None:
    await office.recorded("call_a", **changes)
    await office.place("call_a")
    record = await office.record("call_a")
    assert record.status is Status.FAILED
    assert reason in record.reason
    assert office.switch.asked == []


async def test_a_call_whose_inputs_no_longer_fit_its_flow_ends_and_keeps_no_port(office: Office) -> None:
    await office.recorded("call_a", inputs={"order_id": ""})
    await office.place("call_a")
    assert (await office.record("call_a")).status is Status.FAILED
    assert office.legs == []


# -- placing again --------------------------------------------------------------------------------------------------


async def test_a_queued_call_runs_on_the_version_that_it_was_recorded_with(office: Office) -> None:
    old = office.flows.flows["order"]
    await office.store.versions.keep([old], NOON)
    await office.recorded("call_a", flow_hash=old.hash)
    asking_more = FLOWS.replace("order_id: order_number}", "order_id: order_number, total: rupees}")
    office.flows = parse_flows(asking_more.replace('order_id: "42"}', 'order_id: "42", total: 5}'))
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    assert call.runner._flow == old
    office.desk.cancel("call_a", "the test is over")
    await placing


async def test_a_call_that_has_ended_is_not_placed_again(office: Office) -> None:
    await office.recorded("call_a")
    await office.store.finish("call_a", lost("done"), 16, NOON)
    await office.place("call_a")
    assert office.switch.asked == []


async def test_a_call_that_is_live_is_not_placed_again(office: Office) -> None:
    await office.recorded("call_a")
    turn = await office.begin("call_a")
    assert turn.call
    assert turn.attempt
    twice = [spawn(office.desk.place(turn.call, turn.attempt)) for _ in range(2)]
    (call,) = await office.live()
    await office.until(twice[1].done, "the second placing to end")
    await office.until(lambda: bool(office.switch.names("dial")), "the ringing")
    assert office.switch.names("create") == office.switch.names("dial") == [Names("node-1", "call_a").leg]
    call.happened(Happening.LEG_GONE, cause=19)
    await twice[0]
    assert (await office.record("call_a")).status is Status.NO_ANSWER


async def dialled_before(office: Office) -> tuple[CallRecord, Attempt]:
    """An attempt that an earlier life of this process dialled."""
    turn = await office.begin("call_a")
    assert turn.call
    assert turn.attempt
    await office.store.dialled("call_a", turn.attempt.channel_id)
    return turn.call, replace(turn.attempt, dialled_at=NOON)


async def test_a_call_of_an_earlier_life_is_ended_not_rung_again(office: Office) -> None:
    names = Names("node-1", "call_a")
    await office.recorded("call_a")
    turn = await dialled_before(office)
    office.switch.errors["hang_up"] = SwitchError("no answer")
    await office.desk.place(*turn)
    assert office.switch.asked == [
        ("hang_up", names.leg),
        ("hang_up", names.media),
        ("destroy_bridge", names.bridge),
    ]
    record = await office.record("call_a")
    assert (record.status, record.reason) == (Status.FAILED, "Mercury was restarted during the call")


async def test_what_an_earlier_life_decided_stands(office: Office) -> None:
    await office.recorded("call_a")
    turn = await dialled_before(office)
    await office.store.decide("call_a", "order/call_a", "confirmed", {"ready_in": 10})
    await office.desk.place(*turn)
    record = await office.record("call_a")
    assert (record.status, record.outcome, record.data) == (Status.FAILED, "confirmed", {"ready_in": 10})


async def test_a_call_has_the_ringing_time_and_the_longest_time_that_were_asked_for(office: Office) -> None:
    await office.recorded("call_a", terms=Terms(ring_s=120, max_s=300))
    placing = spawn(office.place("call_a"))
    (call,) = await office.live()
    assert (call._limits.of(State.DIALING), call._limits.of(State.TALKING)) == (125, 300)
    office.desk.cancel("call_a", "the test is over")
    await placing


# -- cancelling and closing -----------------------------------------------------------------------------------------


async def test_a_live_call_can_be_cancelled_by_its_id(office: Office) -> None:
    await office.recorded("call_a")
    placing = spawn(office.place("call_a"))
    await office.live()
    assert office.desk.cancel("call_a", "order withdrawn")
    assert not office.desk.cancel("call_b", "order withdrawn")
    await placing
    record = await office.record("call_a")
    assert (record.status, record.reason) == (Status.CANCELED, "order withdrawn")


async def test_closing_waits_for_live_calls_and_for_their_ends_to_be_recorded(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    closing = spawn(office.desk.close(10))
    await asyncio.sleep(0)
    call.happened(Happening.LEG_GONE)
    await closing
    record = await office.the_only_record()
    assert (record.status, record.outcome) == (Status.COMPLETED, "hung_up")
    await taken


async def test_closing_loses_patience(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    await office.talking()
    await office.desk.close(0.01)
    assert (await office.the_only_record()).reason == "Mercury is closing"
    await taken


async def test_a_call_that_is_being_opened_when_patience_is_lost_is_ended_too(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    await asyncio.sleep(0)
    await office.desk.close(0)
    assert (await office.the_only_record()).reason == "Mercury is closing"
    await taken


async def test_a_closing_desk_refuses_and_leaves_the_queue_as_it_is(office: Office) -> None:
    await office.recorded("call_a")
    await office.desk.close(1)
    await office.desk.take(ARRIVAL)
    assert office.switch.asked == [("refuse", ARRIVAL.channel)]
    placing = spawn(office.place("call_a"))
    await asyncio.sleep(0.05)
    assert not placing.done()
    placing.cancel()
    await asyncio.wait([placing])
    assert (await office.record("call_a")).status is Status.QUEUED


# -- a database that does not answer --------------------------------------------------------------------------------


async def test_an_end_is_recorded_as_soon_as_the_database_lets_us(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_FINISH_RETRY_S", (0.001, 0.001))
    finish, tries = office.store.finish, []

    async def finish_at_the_third(*arguments: object) -> object:
        tries.append(arguments)
        if len(tries) < 3:
            raise AWAY
        return await finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(office.store, "finish", finish_at_the_third)
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    call.happened(Happening.LEG_GONE)
    await taken
    assert (await office.the_only_record()).outcome == "hung_up"


async def test_a_decision_that_the_database_refuses_is_told_to_the_caller(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> None:
        raise AWAY

    monkeypatch.setattr(office.store, "decide", away)
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    for key in "120#":
        call.key(key)
    await taken
    assert office.legs[0].texts[-1] == "Not saved."
    assert (await office.the_only_record()).outcome == "not_saved"


async def test_a_lookup_without_a_backend_takes_the_way_for_failures(office: Office) -> None:
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    call.key("3")
    await taken
    assert (await office.the_only_record()).outcome == "unclear"


async def test_a_call_that_can_t_be_recorded_is_hung_up_unanswered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> None:
        raise AWAY

    monkeypatch.setattr(office.store, "arrived", away)
    office.switch.channels.add(ARRIVAL.channel)
    await office.desk.take(ARRIVAL)
    assert office.switch.names("answer") == []
    assert not office.switch.channels
    assert office.legs[0].closed == 1
    assert await office.store.list_recent() == []
