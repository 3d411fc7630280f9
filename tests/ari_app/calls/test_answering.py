"""What is done about who answered: a person's flow begins, a machine is hung up on or left a message."""

from __future__ import annotations

import asyncio

import pytest

from ari_app.calls.answering import Answering
from ari_app.calls.history import History
from ari_app.calls.outcome import Facts, MachineEnd, conclude
from ari_app.store.records import Direction, Status
from ari_app.store.terms import Cause, Machine
from ivr_flows.commands import End
from media.dialog.protocol import Utterance
from media.machine.manner import BEFORE_SPEAKING, WHILE_SPEAKING
from media.machine.verdict import Because, Callee, CalleeJudged, GreetingOver
from media.tts.protocol import Speech
from tests.ari_app.calls.fakes import NOON, MemoryStore, ScriptedLeg
from tests.virtual_time import LoopClock, settle, virtual_time

MESSAGE = Utterance("message", (Speech("Please call us back.", "en"),), barge_in=False)
WAITS = (Machine.HANG_UP, Machine.LEAVE_MESSAGE)


class Flow:
    """Talks until it is told to end, or ends by itself."""

    def __init__(self) -> None:
        self.answered = False
        self.began = False
        self.decided = False
        self._over = asyncio.Event()
        self._outcome = "hung_up"

    async def run(self) -> End:
        self.began = True
        await self._over.wait()
        return End(self._outcome, {}, decided=self.decided)

    def hung_up(self) -> None:
        self._over.set()

    def ends(self, outcome: str) -> None:
        self._outcome = outcome
        self._over.set()


class Scene:
    """A call that was just answered."""

    def __init__(self, wanted: Machine, message: Utterance | None = MESSAGE) -> None:
        self.leg, self.flow = ScriptedLeg(), Flow()
        self.facts = Facts(Direction.OUTBOUND, answered=True, talked=True)
        self.history = History("call_1", MemoryStore(), LoopClock(), lambda: NOON)
        self.answering = Answering(wanted, leg=self.leg, message=message, history=self.history, facts=self.facts)
        self.talk = asyncio.ensure_future(self.answering.talk(self.flow, self.flow.run()))

    async def judge(self, callee: Callee, because: Because = Because.SHORT_GREETING) -> None:
        self.answering.on_media(CalleeJudged(asyncio.get_running_loop().time(), callee, because, 500))
        await settle()

    async def greeted(self, beep_at: float | None = None) -> None:
        self.answering.on_media(GreetingOver(asyncio.get_running_loop().time(), beep_at))
        await settle()

    async def over(self) -> End | None:
        async with asyncio.timeout(0.001):
            return await self.talk


@pytest.mark.parametrize("wanted", WAITS)
@pytest.mark.parametrize("callee", [Callee.HUMAN, Callee.UNKNOWN])
@virtual_time
async def test_the_first_words_wait_for_the_verdict(wanted: Machine, callee: Callee) -> None:
    scene = Scene(wanted)
    await settle()
    assert scene.leg.judging is BEFORE_SPEAKING
    assert not scene.flow.began
    await scene.judge(callee)
    assert scene.flow.began
    scene.flow.ends("confirmed")
    end = await scene.over()
    assert end is not None
    assert end.outcome == "confirmed"
    assert (scene.facts.machine, scene.facts.machine_end) == (callee, None)


@virtual_time
async def test_they_wait_no_longer_than_the_media_may_take() -> None:
    scene = Scene(Machine.HANG_UP)
    await asyncio.sleep(8.1)
    assert scene.flow.began
    scene.flow.ends("confirmed")
    await scene.over()


@virtual_time
async def test_what_is_asked_of_the_call_need_not_wait_for_the_verdict() -> None:
    scene = Scene(Machine.HANG_UP)
    await settle()
    scene.answering.asked()
    await settle()
    assert scene.flow.began, "the flow begins, to say its goodbye"
    scene.flow.ends("canceled")
    await scene.over()
    assert scene.facts.machine == ""


@virtual_time
async def test_a_key_is_a_person_who_need_not_wait() -> None:
    scene = Scene(Machine.HANG_UP)
    await settle()
    scene.answering.pressed()
    await settle()
    assert scene.flow.began
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    assert not scene.talk.done(), "who pressed a key is no machine"
    scene.flow.ends("confirmed")
    await scene.over()
    assert scene.facts.machine == Callee.HUMAN


@virtual_time
async def test_for_a_human_first_the_flow_begins_at_once() -> None:
    scene = Scene(Machine.HUMAN_FIRST)
    await settle()
    assert scene.flow.began
    assert scene.leg.judging is WHILE_SPEAKING
    scene.flow.ends("confirmed")
    await scene.over()


@virtual_time
async def test_a_machine_is_hung_up_on_before_a_word_is_said() -> None:
    scene = Scene(Machine.HANG_UP)
    await settle()
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    assert await scene.over() is None
    assert not scene.flow.began
    assert not scene.leg.said
    final = conclude(scene.facts)
    assert (final.status, final.outcome, final.again) == (Status.NO_ANSWER, "machine", Cause.MACHINE)
    assert scene.facts.machine == "machine"


@pytest.mark.parametrize("wanted", [Machine.HANG_UP, Machine.HUMAN_FIRST])
@virtual_time
async def test_a_machine_that_is_heard_while_the_flow_talks_ends_it(wanted: Machine) -> None:
    scene = Scene(wanted)
    await settle()
    await scene.judge(Callee.UNKNOWN, Because.NOBODY_SPOKE)
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    await scene.over()
    assert conclude(scene.facts).outcome == "machine"


@virtual_time
async def test_who_has_answered_something_is_no_machine() -> None:
    scene = Scene(Machine.HUMAN_FIRST)
    await settle()
    scene.flow.answered = True
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    assert not scene.talk.done()
    scene.flow.ends("confirmed")
    await scene.over()
    assert (scene.facts.machine, scene.facts.machine_end) == ("human", None)


@virtual_time
async def test_a_decision_that_was_being_made_stands() -> None:
    scene = Scene(Machine.HUMAN_FIRST)
    await settle()
    scene.flow.decided = True
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    scene.facts.end = await scene.over()
    assert conclude(scene.facts).decided
    assert conclude(scene.facts).outcome == "hung_up"


@virtual_time
async def test_the_message_is_said_after_the_beep_and_to_its_end() -> None:
    scene = Scene(Machine.LEAVE_MESSAGE)
    await settle()
    assert scene.leg.prepared == [MESSAGE]
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    await asyncio.sleep(20)
    assert not scene.leg.said, "the greeting goes on"
    scene.leg.play()
    await scene.greeted(beep_at=1.0)
    assert scene.leg.said == [MESSAGE]
    assert not scene.talk.done()
    scene.leg.played()
    assert await scene.over() is None
    final = conclude(scene.facts)
    assert (final.status, final.outcome, final.again) == (Status.COMPLETED, "message_left", None)


@virtual_time
async def test_a_greeting_without_an_end_is_not_waited_for_for_ever() -> None:
    scene = Scene(Machine.LEAVE_MESSAGE)
    await settle()
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    await asyncio.sleep(60.1)
    assert scene.leg.said == [MESSAGE]


@pytest.mark.parametrize("began", [False, True])
@virtual_time
async def test_a_machine_that_hangs_up_took_no_message(began: bool) -> None:
    scene = Scene(Machine.LEAVE_MESSAGE)
    await settle()
    await scene.judge(Callee.MACHINE, Because.LONG_GREETING)
    if began:
        scene.leg.play()
        await scene.greeted()
    scene.answering.hung_up()
    await scene.over()
    assert scene.facts.machine_end is MachineEnd.HUNG_UP_ON
    assert bool(scene.leg.said) is began


@virtual_time
async def test_who_leaves_before_a_verdict_ends_the_flow_as_any_caller_does() -> None:
    scene = Scene(Machine.HANG_UP)
    await settle()
    scene.answering.hung_up()
    scene.flow.hung_up()
    end = await scene.over()
    assert end is not None
    assert end.outcome == "hung_up"
    assert scene.facts.machine_end is None
