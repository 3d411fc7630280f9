"""What is asked of live calls: pure on a scripted call, and through the records on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ari_app.calls.call import Call
from ari_app.calls.controls import Controls, Kind, carry_out
from ari_app.calls.handover import HandoverError
from ari_app.calls.state import State
from ari_app.store.calls import CallStore
from ari_app.store.controls import ControlRecord
from ari_app.store.records import Direction, Status
from ivr_flows.commands import Transfer
from ivr_flows.loader import parse_flows
from ivr_flows.vocabulary import GOODBYE, NOT_NEEDED
from tests.ari_app.calls.fakes import NOON, spawn
from tests.ari_app.calls.scene import Scene
from tests.ari_app.store.samples import new_call
from tests.virtual_time import settle, virtual_time

TWO_LANGUAGES = parse_flows("""
flows:
  order:
    languages: [hi, en]
    outcomes: [done, hung_up]
    on_hang_up: hung_up
    gives_up: bye
    start: accept
    steps:
      accept:
        ask: {hi: "एक दबाइए।", en: "Press one."}
        options: {accept: {key: "1", next: bye}, wait: {key: "2", next: wait}}
      wait: {wait: 60s, next: accept}
      bye: {say: {hi: "नमस्ते।", en: "Goodbye."}, hang_up: done}
""").flows["order"]
_SERIAL = iter(range(1, 1000))


def asked(kind: Kind, **data: object) -> ControlRecord:
    return ControlRecord(next(_SERIAL), "call_1", kind, data, "jupiter", NOON, None, "")


class HandOver:
    """Rings nobody; a talk lasts until the test ends it."""

    def __init__(self) -> None:
        self.transfers: list[Transfer] = []
        self.talk = asyncio.Event()
        self.error = ""
        self.broken_off = 0

    async def transfer(self, command: Transfer) -> float:
        self.transfers.append(command)
        if self.error:
            raise HandoverError(self.error)
        try:
            await self.talk.wait()
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        return 30.0


@virtual_time
async def test_a_live_call_that_is_canceled_hears_so_and_ends() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    carry_out(scene.call, asked(Kind.CANCEL, reason="the customer cancelled"))
    final = await scene.final()
    assert scene.leg.texts[-1] == NOT_NEEDED["en"]
    assert (final.status, final.outcome, final.decided) == (Status.COMPLETED, "canceled", False)
    assert final.reason == "canceled by jupiter: the customer cancelled"
    assert scene.nothing_left()
    await scene.history.flush()
    assert {"control", "controlled"} <= set(scene.store.kinds)


@virtual_time
async def test_a_decision_under_way_is_finished_and_then_not_taken_back() -> None:
    scene = Scene()
    scene.backend.held = asyncio.Event()
    await scene.reach(State.TALKING)
    for key in "120#":
        scene.call.key(key)
        await settle()
    carry_out(scene.call, asked(Kind.CANCEL))
    await settle()
    assert NOT_NEEDED["en"] not in scene.leg.texts
    scene.backend.held.set()
    final = await scene.final()
    assert (final.outcome, final.decided, scene.leg.texts[-1]) == ("confirmed", True, "It is confirmed.")


@virtual_time
async def test_last_words_are_not_cut_by_a_cancellation() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leg.play()
    for key in "120#":
        scene.call.key(key)
        await settle()
    assert scene.leg.texts[-1] == "It is confirmed."
    carry_out(scene.call, asked(Kind.CANCEL))
    await settle()
    assert scene.call.state is State.TALKING
    scene.leg.played()
    assert (await scene.final()).outcome == "confirmed"


@virtual_time
async def test_a_lookup_is_interrupted_by_an_operator_who_ends_the_call() -> None:
    scene = Scene()
    scene.backend.held = asyncio.Event()
    await scene.reach(State.TALKING)
    scene.call.key("3")
    await settle()
    carry_out(scene.call, asked(Kind.HANG_UP))
    final = await scene.final()
    assert (scene.leg.texts[-1], final.outcome, final.reason) == (GOODBYE["en"], "canceled", "ended by jupiter")
    assert scene.backend.cancelled == 1


@virtual_time
async def test_a_caller_who_hangs_up_in_the_goodbye_has_still_been_canceled() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leg.play()
    carry_out(scene.call, asked(Kind.CANCEL))
    await settle()
    scene.leave()
    assert (await scene.final()).outcome == "canceled"


@virtual_time
async def test_a_goodbye_that_never_ends_is_cut() -> None:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.leg.play()
    carry_out(scene.call, asked(Kind.CANCEL))
    final = await scene.final(within_s=40)
    assert final.outcome == "canceled"


@virtual_time
async def test_the_question_is_put_again_in_another_language() -> None:
    scene = Scene(flow=TWO_LANGUAGES, inputs={})
    await scene.reach(State.TALKING)
    carry_out(scene.call, asked(Kind.LANGUAGE, language="en"))
    await settle()
    assert (scene.leg.texts[-1], scene.leg.listened[-1].language) == ("Press one.", "en")
    with pytest.raises(Exception, match="expected a language of the flow, hi, en: 'mr'"):
        carry_out(scene.call, asked(Kind.LANGUAGE, language="mr"))
    scene.call.key("1")
    assert (await scene.final()).outcome == "done"


@virtual_time
async def test_a_caller_is_handed_over_out_of_a_pause_and_the_call_ends_when_the_person_has_left() -> None:
    people = HandOver()
    scene = Scene(flow=TWO_LANGUAGES, inputs={}, handover=people)
    await scene.reach(State.TALKING)
    scene.call.key("2")
    await settle()
    carry_out(scene.call, asked(Kind.TRANSFER, to="+919812345678"))
    await settle()
    assert [each.to for each in people.transfers] == ["+919812345678"]
    carry_out(scene.call, asked(Kind.LANGUAGE, language="en"))
    await settle()
    assert people.broken_off == 0
    people.talk.set()
    assert (await scene.final()).outcome == "transferred"


@virtual_time
async def test_a_talk_with_a_person_is_broken_off_by_a_cancellation() -> None:
    people = HandOver()
    scene = Scene(flow=TWO_LANGUAGES, inputs={}, handover=people)
    await scene.reach(State.TALKING)
    carry_out(scene.call, asked(Kind.TRANSFER, to="+919812345678"))
    await settle()
    carry_out(scene.call, asked(Kind.CANCEL))
    final = await scene.final()
    assert (final.outcome, people.broken_off, scene.leg.texts[-1]) == ("canceled", 1, NOT_NEEDED["hi"])


@virtual_time
async def test_when_nobody_takes_the_call_its_question_is_put_again() -> None:
    people = HandOver()
    people.error = "busy"
    scene = Scene(flow=TWO_LANGUAGES, inputs={}, handover=people)
    await scene.reach(State.TALKING)
    carry_out(scene.call, asked(Kind.TRANSFER, to="+919812345678"))
    await settle()
    assert scene.leg.texts == ["एक दबाइए।", "एक दबाइए।"]
    with pytest.raises(Exception, match="expected a number such as"):
        carry_out(scene.call, asked(Kind.TRANSFER, to="911"))
    scene.leave()
    await scene.final()


# -- through the records


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CallStore]:
    store = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="node-1")
    yield store
    await store.close()


def now() -> datetime:
    return datetime.now(UTC)


def controls(
    store: CallStore, live: Mapping[str, Call], node: str = "node-1", ahead: timedelta | None = None
) -> Controls:
    return Controls(store, lambda: live, node, lambda: now() + (ahead or timedelta()))


async def test_a_call_that_waits_is_canceled_in_the_records(store: CallStore) -> None:
    await store.create(new_call("call_1"))
    asking = controls(store, {})
    refused = await asking.control("call_1", Kind.HANG_UP, {}, "jupiter")
    assert "it can only be canceled" in refused.error
    assert (await asking.control("call_1", Kind.CANCEL, {"reason": "no more"}, "jupiter")).done
    record = await store.get("call_1")
    assert record
    assert (record.status, record.outcome) == (Status.CANCELED, "canceled")
    assert (await asking.control("call_1", "cancel", {}, "jupiter")).error == "the call has ended (canceled)"
    with pytest.raises(LookupError, match="no call call_2"):
        await asking.control("call_2", Kind.CANCEL, {}, "jupiter")


async def test_what_is_asked_on_one_node_is_carried_out_on_the_one_that_has_the_call(store: CallStore) -> None:
    scene = Scene(flow=TWO_LANGUAGES, inputs={})
    life = scene.begin()
    await store.arrived(new_call("call_1", direction=Direction.INBOUND), "170000.1")
    theirs = controls(store, {"call_1": scene.call})
    ours = controls(store, {}, node="node-2")
    running = [spawn(theirs.run()), spawn(ours.run())]
    try:
        result = await ours.control("call_1", Kind.LANGUAGE, {"language": "mr"}, "operator")
        assert (result.done, result.error) == (True, "expected a language of the flow, hi, en: 'mr'")
        assert (await ours.control("call_1", Kind.LANGUAGE, {"language": "en"}, "operator")).done
        assert (await ours.control("call_1", Kind.CANCEL, {}, "operator")).done
        assert (await life).outcome == "canceled"
    finally:
        for task in running:
            task.cancel()


async def test_a_call_that_never_appears_on_its_node_is_told_of(store: CallStore) -> None:
    await store.arrived(new_call("call_1", direction=Direction.INBOUND), "170000.1")
    asking = controls(store, {}, ahead=timedelta(seconds=11))
    running = spawn(asking.run())
    try:
        result = await asking.control("call_1", Kind.HANG_UP, {}, "operator")
        assert (result.done, result.error) == (True, "the call is not live on the node that had it")
    finally:
        running.cancel()


async def test_what_no_node_carries_out_stays_open(store: CallStore) -> None:
    await store.arrived(new_call("call_1", direction=Direction.INBOUND), "170000.1")
    result = await controls(store, {}).control("call_1", Kind.HANG_UP, {}, "operator", wait_s=0.1)
    assert (result.done, result.error) == (False, "")
    (open_,) = await store.controls.open("node-1", 10)
    assert (open_.id, open_.kind, open_.by) == (result.id, Kind.HANG_UP, "operator")
