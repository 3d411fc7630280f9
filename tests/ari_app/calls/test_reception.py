"""Who answers a call that came in, and what becomes of answers that can't be followed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ari_app.calls.controls import Controls
from ari_app.calls.desk import Arrival
from ari_app.calls.door import SaidWhatError, Welcome, said
from ari_app.calls.reception import Reception
from ari_app.calls.state import Happening
from ari_app.calls.switch import SwitchError
from ari_app.jupiter.client import ServiceError
from ari_app.store.controls import Kind
from ari_app.store.queue import Standing
from ari_app.store.records import CallRecord, Status
from ivr_flows.book import Route
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from tests.ari_app.calls.fakes import ScriptedSwitch, spawn
from tests.ari_app.calls.office import ARRIVAL, VENDOR, Office, open_office, utc_now
from tests.ari_app.calls.scene import FLOWS

BOOK = parse_flows(FLOWS)
ORDER = BOOK.flows["order"]
USUAL = Welcome(ORDER, {"order_id": "42"}, "en")
CALL = {"call_id": "call_1", "from": VENDOR, "to": "+918000000001", "trunk": "test-trunk", "headers": {}}


def test_an_answer_names_the_flow_its_inputs_and_language() -> None:
    answer = {"answer": True, "flow": "order", "inputs": {"order_id": "77"}, "language": "en", "metadata": {"shift": 2}}
    found = said(answer, BOOK.flows, USUAL)
    assert isinstance(found, Welcome)
    assert (found.flow, found.inputs, found.because) == (ORDER, {"order_id": "77"}, "jupiter")
    assert (found.order_id, found.metadata) == ("77", {"shift": 2})


def test_a_bare_yes_leaves_the_route_s_flow_with_its_inputs() -> None:
    found = said({"answer": True}, BOOK.flows, USUAL)
    assert isinstance(found, Welcome)
    assert (found.flow, found.inputs) == (ORDER, {"order_id": "42"})


@pytest.mark.parametrize("refusal", ["busy", "decline", "not_found"])
def test_an_answer_can_be_a_refusal(refusal: str) -> None:
    assert said({"answer": False, "refusal": refusal}, BOOK.flows, USUAL) == refusal
    assert said({"answer": False}, BOOK.flows, USUAL) == "decline"


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({}, "answer: Field required"),
        ({"answer": "yes"}, "answer: Input should be a valid boolean, got 'yes'"),
        ({"answer": False, "refusal": "later"}, "refusal: Input should be"),
        ({"answer": True, "flow": "nothing"}, "flow: expected one of order, got 'nothing'"),
        ({"answer": True, "flow": "order"}, "inputs or language: "),
        ({"answer": True, "inputs": {"order_id": "77"}, "language": "ta"}, "inputs or language: "),
        ({"answer": True, "inputs": []}, "inputs: "),
    ],
)
def test_an_answer_that_can_not_be_followed_says_what_is_wrong(answer: Mapping[str, object], wrong: str) -> None:
    with pytest.raises(SaidWhatError) as error:
        said(answer, BOOK.flows, USUAL)
    assert wrong in str(error.value)


class Backend:
    """Answers as told."""

    def __init__(self, answer: Mapping[str, object] | Exception) -> None:
        self.answer = answer
        self.asked: list[Mapping[str, object]] = []

    async def whether_to_answer(self, call: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        self.asked.append(call)
        assert timeout_s == 2.0
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class NoOrders:
    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.error = error

    async def open_order(self, number: str) -> CallRecord | None:
        self.asked.append(number)
        if self.error:
            raise self.error
        return None


async def no_flow(_: CallRecord) -> Flow | None:
    return None


def reception(backend: Backend, orders: NoOrders | None = None, switch: ScriptedSwitch | None = None) -> Reception:
    return Reception(orders=orders or NoOrders(), backend=backend, switch=switch or ScriptedSwitch(), flow_of=no_flow)


ASKING = Route(ORDER, {"order_id": "42"}, ask="jupiter")


async def test_the_caller_hears_ringing_while_the_backend_is_asked() -> None:
    switch, backend = ScriptedSwitch(), Backend({"answer": True})
    found = await reception(backend, switch=switch).welcome(CALL, "170000.1", ASKING, BOOK)
    assert isinstance(found, Welcome)
    assert switch.names("ring") == ["170000.1"]
    assert backend.asked == [CALL]


@pytest.mark.parametrize("trouble", [ServiceError("no answer in 2 s"), {"answer": True, "flow": "nothing"}])
async def test_a_backend_that_says_nothing_useful_leaves_the_usual_flow_and_its_reason(trouble: Any) -> None:
    switch = ScriptedSwitch()
    switch.errors["ring"] = SwitchError("gone")
    found = await reception(Backend(trouble), switch=switch).welcome(CALL, "170000.1", ASKING, BOOK)
    assert isinstance(found, Welcome)
    assert (found.flow, found.because) == (ORDER, "route")
    assert found.about in ("no answer in 2 s", "flow: expected one of order, got 'nothing'")


async def test_nobody_is_asked_where_the_route_does_not_say_so() -> None:
    switch, backend = ScriptedSwitch(), Backend({"answer": False})
    found = await reception(backend, switch=switch).welcome(CALL, "170000.1", replace(ASKING, ask=""), BOOK)
    assert (found, backend.asked, switch.asked) == (USUAL, [], [])


@pytest.mark.parametrize("withheld", ["", "anonymous", "Anonymous", "100", "unknown", "+0"])
async def test_a_number_that_is_withheld_has_no_open_order(withheld: str) -> None:
    orders = NoOrders()
    await reception(Backend({}), orders).welcome({**CALL, "from": withheld}, "1", replace(ASKING, ask=""), BOOK)
    assert orders.asked == []


async def test_numbers_are_compared_with_their_country_and_a_route_can_forbid_call_backs() -> None:
    orders = NoOrders()
    route = replace(ASKING, ask="")
    await reception(Backend({}), orders).welcome({**CALL, "from": "098123 45678"}, "1", route, BOOK)
    await reception(Backend({}), orders).welcome(CALL, "1", replace(route, call_back=False), BOOK)
    assert orders.asked == ["+919812345678"]


async def test_records_that_are_away_keep_nobody_waiting() -> None:
    orders = NoOrders(OperationalError("SELECT", {}, Exception("database is locked")))
    assert await reception(Backend({}), orders).welcome(CALL, "1", replace(ASKING, ask=""), BOOK) == USUAL


# -- call-backs, with the desk and its records


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


CALLING_BACK: Arrival = replace(ARRIVAL, caller="098123 45678")


async def test_a_vendor_who_calls_back_comes_to_their_order_and_is_not_called_again(office: Office) -> None:
    await office.recorded("call_out", order_id="A17", inputs={"order_id": "A17"}, metadata={"shift": 2})
    taken = spawn(office.desk.take(CALLING_BACK))
    call = await office.talking()
    for key in "120#":
        call.key(key)
    await taken
    out = await office.record("call_out")
    inbound = next(record for record in await office.store.list_recent() if record.id != "call_out")
    assert (inbound.order_id, inbound.inputs, inbound.metadata) == ("A17", {"order_id": "A17"}, {"shift": 2})
    assert (inbound.outcome, out.status, out.outcome, out.data) == (
        "confirmed",
        Status.COMPLETED,
        "confirmed",
        {"ready_in": 20},
    )
    assert out.reason == f"decided on call {inbound.id}"
    (welcomed,) = [event for event in await office.store.events(inbound.id) if event.kind == "welcomed"]
    assert (welcomed.data["because"], welcomed.data["about"]) == ("order", "call_out")


async def test_one_who_decides_nothing_is_still_to_be_called(office: Office) -> None:
    await office.recorded("call_out", order_id="A17", inputs={"order_id": "A17"})
    taken = spawn(office.desk.take(CALLING_BACK))
    call = await office.talking()
    assert not (await office.record("call_out")).status.final
    call.happened(Happening.LEG_GONE)
    await taken
    assert (await office.record("call_out")).status is Status.QUEUED


async def test_nobody_else_comes_to_that_order(office: Office) -> None:
    await office.recorded("call_out", order_id="A17", inputs={"order_id": "A17"})
    taken = spawn(office.desk.take(ARRIVAL))
    call = await office.talking()
    assert call.runner.languages == ("en",)
    inbound = next(record for record in await office.store.list_recent() if record.id != "call_out")
    assert inbound.inputs == {"order_id": "42"}
    for key in "120#":
        call.key(key)
    await taken
    assert (await office.record("call_out")).status is Status.QUEUED


async def test_when_both_call_each_other_the_ringing_gives_way(office: Office) -> None:
    await office.recorded("call_out", order_id="A17", inputs={"order_id": "A17"})
    ringing = spawn(office.place("call_out"))
    await office.until(lambda: "dial" in dict(office.switch.asked), "the ringing")
    taken = spawn(office.desk.take(CALLING_BACK))
    await office.live(2)
    controls = Controls(office.store, lambda: office.desk.live, "node-1", utc_now)
    running = spawn(controls.run())
    await ringing
    running.cancel()
    out = await office.record("call_out")
    assert (out.status, out.outcome) == (Status.BUSY, "called_back")
    (call,) = await office.live(1)
    assert out.data == {"call_id": call.names.call_id}
    assert out.reason == f"they called in themselves: {call.names.call_id}"
    call.happened(Happening.LEG_GONE)
    await taken


async def test_no_attempt_rings_a_number_that_is_calling_back(office: Office) -> None:
    for call_id in ("call_out", "call_more"):
        await office.recorded(call_id, order_id="A17", inputs={"order_id": "A17"})
    taken = spawn(office.desk.take(CALLING_BACK))
    call = await office.talking()
    assert (await office.begin("call_more")).standing is Standing.IN_LINE
    told: list[str] = []
    office.store.on_due(lambda due: told.append(due.call_id))
    call.happened(Happening.LEG_GONE)
    await taken
    assert told == ["call_out"]
    assert (await office.begin("call_out")).standing is Standing.BEGUN


async def test_what_is_asked_of_a_ringing_call_that_was_answered_is_too_late(office: Office) -> None:
    await office.recorded("call_out", order_id="A17", inputs={"order_id": "A17"})
    ringing = spawn(office.place("call_out"))
    (call,) = await office.live()
    call.happened(Happening.ANSWERED)
    await office.talking()
    await office.store.controls.ask("call_out", "node-1", Kind.GIVE_WAY, {"call": "call_in"}, "node-1")
    running = spawn(Controls(office.store, lambda: office.desk.live, "node-1", utc_now).run())
    found = await office.store.controls.outcome(1, 3)
    running.cancel()
    assert found.error == "it has been answered"
    call.happened(Happening.LEG_GONE)
    await ringing
