"""Conversations and transfers on a call: a mind answers, a person talks, and a hang-up ends both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ari_app.calls.handover import HandoverError
from ari_app.calls.state import State
from ivr_flows.commands import Transfer
from ivr_flows.loader import parse_flows
from media.dialog.protocol import AgentFinished
from media.llm.protocol import Request, Text, ToolCall
from tests.ari_app.calls.scene import Scene
from tests.virtual_time import settle, virtual_time

FLOWS = """
flows:
  help:
    languages: [en]
    outcomes: [helped, talked, nobody, hung_up, timed_out]
    on_hang_up: hung_up
    gives_up: bye
    longest: {after: 300s, then: enough}
    start: talk
    steps:
      talk:
        ask: {en: "How can I help?"}
        thinking: {en: "Let me see."}
        converse:
          persona: You are Asha.
          tools: {order: {name: order_status}}
          exits:
            person: {key: "0", hear: {en: ["a person"]}, next: colleague}
            done: {hear: {en: ["that is all"]}, next: bye}
        next: bye
      colleague:
        say: {en: "I connect you."}
        transfer: {to: "+918000000009"}
        next: talked
        failed: nobody
      talked: {say: {en: "Welcome back."}, hang_up: talked}
      nobody: {say: {en: "Nobody is there."}, hang_up: nobody}
      enough: {say: {en: "Your time is up."}, hang_up: timed_out}
      bye: {say: {en: "Goodbye."}, hang_up: helped}
"""


class Mind:
    """Answers with `parts`, once it is let."""

    name, talks = "scripted", True

    def __init__(self, *parts: Text | ToolCall, held: bool = False) -> None:
        self.parts = parts
        self.may = asyncio.Event()
        if not held:
            self.may.set()
        self.asked: list[Request] = []
        self.closed = 0

    async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        self.asked.append(request)
        try:
            await self.may.wait()
            for part in self.parts:
                yield part
        finally:
            self.closed += 1


class Colleague:
    """Talks for so long, or is not there."""

    def __init__(self, talks_s: float = 0.0, error: str = "") -> None:
        self.talks_s, self.error = talks_s, error
        self.rung: list[Transfer] = []
        self.tidied = 0

    async def transfer(self, command: Transfer) -> float:
        self.rung.append(command)
        try:
            await asyncio.sleep(self.talks_s)
        except asyncio.CancelledError:
            await asyncio.sleep(0.5)
            self.tidied += 1
            raise
        if self.error:
            raise HandoverError(self.error)
        return self.talks_s


async def talking(mind: Mind | None = None, colleague: Colleague | None = None) -> Scene:
    flow = parse_flows(FLOWS).flows["help"]
    scene = Scene(flow=flow, inputs={}, minds=[mind] if mind else [], handover=colleague)
    await scene.reach(State.TALKING)
    return scene


async def asked(scene: Scene, text: str) -> None:
    scene.leg.turn(text)
    await settle()


# -- minds -------------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_mind_answers_and_is_listened_for_again() -> None:
    mind = Mind(Text("It is on its way."))
    scene = await talking(mind)
    await asked(scene, "where is my food")
    assert scene.leg.texts == ["How can I help?", "Let me see.", "It is on its way."]
    assert [message.text for message in mind.asked[-1].messages[1:]] == ["where is my food"]
    assert scene.leg.listening
    await asked(scene, "and when does it come")
    assert [message.role for message in mind.asked[-1].messages] == ["system", "user", "assistant", "user"]


@virtual_time
async def test_a_mind_is_told_only_what_was_heard_of_its_answer() -> None:
    mind = Mind(Text("It is on its way. The rider is at the market."))
    scene = await talking(mind)
    await asked(scene, "where is my food")
    *_, first, second = scene.leg.said
    assert scene.leg.texts[-2:] == ["It is on its way.", "The rider is at the market."]
    at = asyncio.get_running_loop().time()
    scene.leg.tell(AgentFinished(at, first.id, "It is on its way.", complete=True))
    scene.leg.tell(AgentFinished(at, second.id, "The rider", complete=False))
    await asked(scene, "how long")
    assert [message.text for message in mind.asked[-1].messages[1:]] == [
        "where is my food",
        "It is on its way.",
        "The rider",
        "how long",
    ]


@virtual_time
async def test_the_first_sentence_is_said_while_the_mind_still_thinks() -> None:
    class Slow(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            yield Text("It is on its way. ")
            await self.may.wait()
            yield Text("In ten minutes.")

    mind = Slow(held=True)
    scene = await talking(mind)
    await asked(scene, "where is my food")
    assert scene.leg.texts[-1] == "It is on its way."
    assert scene.leg.answers == ["en"], "its voice is held for what follows"
    mind.may.set()
    await settle()
    assert scene.leg.texts[-1] == "In ten minutes."
    assert scene.leg.answers == ["en", ""]
    assert [utterance.goes_on for utterance in scene.leg.said] == [False, False, True, True]
    assert scene.leg.listening
    await scene.history.flush()
    (line,) = [event.data for event in scene.store.events if event.kind == "thought"]
    assert line["text"] == "It is on its way. In ten minutes."


@virtual_time
async def test_a_mind_that_stops_in_the_middle_has_answered() -> None:
    class Stuck(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            try:
                yield Text("It is on its way. In")
                await asyncio.Event().wait()
            finally:
                self.closed += 1

    mind = Stuck()
    scene = await talking(mind)
    await asked(scene, "where is my food")
    await asyncio.sleep(5)
    await settle()
    assert scene.leg.texts[-1] == "It is on its way."
    assert scene.leg.listening
    assert mind.closed == 1


@virtual_time
async def test_a_hang_up_in_the_middle_of_an_answer_stops_the_mind() -> None:
    class Endless(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            try:
                yield Text("It is on its way. In")
                await asyncio.Event().wait()
            finally:
                self.closed += 1

    mind = Endless()
    scene = await talking(mind)
    await asked(scene, "where is my food")
    scene.leave()
    assert (await scene.final()).outcome == "hung_up"
    assert mind.closed == 1


@virtual_time
async def test_a_mind_takes_the_exit_that_it_takes_the_caller_to_mean() -> None:
    scene = await talking(Mind(ToolCall("choose", {"intent": "done"}, 0.8)))
    await asked(scene, "thank you so much")
    assert scene.leg.texts[-1] == "Goodbye."


@virtual_time
async def test_a_mind_looks_something_up_on_its_way_to_the_answer() -> None:
    class Looking(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            self.parts = (Text("Found."),) if "order:" in request.messages[-1].text else (ToolCall("order", {}, 1.0),)
            async for part in super().reply(request):
                yield part

    scene = await talking(Looking())
    await asked(scene, "where is my food")
    assert scene.backend.fetched == [("order_status", {})]
    assert scene.leg.texts[-1] == "Found."


@virtual_time
async def test_a_hang_up_ends_a_thought_at_once() -> None:
    mind = Mind(held=True)
    scene = await talking(mind)
    await asked(scene, "where is my food")
    scene.leave()
    assert (await scene.final()).outcome == "hung_up"
    assert mind.closed == 1


@pytest.mark.parametrize("mind", [None, "slow"])
@virtual_time
async def test_no_answer_is_no_match(mind: str | None) -> None:
    scene = await talking(Mind(held=True) if mind else None)
    await asked(scene, "where is my food")
    await asyncio.sleep(5 if mind else 0)
    await settle()
    assert scene.leg.texts[-1] == "How can I help?"
    await scene.history.flush()
    (line,) = [event.data for event in scene.store.events if event.kind == "thinking_failed"]
    assert line["error"] == ("scripted: no answer in time" if mind else "no mind is configured")


# -- persons -----------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_caller_talks_to_a_person_and_comes_back() -> None:
    colleague = Colleague(talks_s=40)
    scene = await talking(colleague=colleague)
    scene.call.key("0")
    await settle()
    assert [command.to for command in colleague.rung] == ["+918000000009"]
    assert not scene.leg.listening
    assert (await scene.final(40)).outcome == "talked"


@pytest.mark.parametrize("colleague", [Colleague(error="no_answer"), None])
@virtual_time
async def test_nobody_takes_the_call(colleague: Colleague | None) -> None:
    scene = await talking(colleague=colleague)
    scene.call.key("0")
    assert (await scene.final()).outcome == "nobody"


@virtual_time
async def test_a_hang_up_ends_a_transfer_and_lets_it_tidy_up() -> None:
    colleague = Colleague(talks_s=40)
    scene = await talking(colleague=colleague)
    scene.call.key("0")
    await asyncio.sleep(5)
    scene.leave()
    assert (await scene.final(0.5)).outcome == "hung_up"
    assert colleague.tidied == 1


@virtual_time
async def test_the_end_of_the_time_does_not_end_a_talk_with_a_person() -> None:
    colleague = Colleague(talks_s=400)
    scene = await talking(colleague=colleague)
    scene.call.key("0")
    assert (await scene.final(401)).outcome == "talked"
    assert colleague.tidied == 0


@virtual_time
async def test_the_end_of_the_time_is_told_after_the_talk() -> None:
    scene = await talking(colleague=Colleague(talks_s=400, error="no_answer"))
    scene.call.key("0")
    await asyncio.sleep(300)
    assert scene.call.state is State.TALKING
    assert (await scene.final(120)).outcome == "nobody"
