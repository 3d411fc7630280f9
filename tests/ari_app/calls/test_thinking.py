"""A mind's answer: in words that can be said, after lookups where it wants them, or the exit that is meant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from ari_app.calls.backend import BackendError
from ari_app.calls.thinking import Answer, Lookup, ThinkingError, Thoughts
from ivr_flows.commands import Fetch, Known, Think
from media.errors import EngineError
from media.llm.protocol import Message, Request, Text, ToolCall
from tests.virtual_time import virtual_time

Parts = tuple[Text | ToolCall, ...]
THINK = Think(
    language="hi",
    persona="You are Asha of the shop.",
    history=(("caller", "hello"), ("agent", "How can I help?"), ("caller", "where is my food")),
    facts=(Known(("opening hours", "when open"), "Open from nine to nine."),),
    tools={"order": Fetch("order_status", {"order_id": "42"}, timeout_ms=1000)},
    exits={"person": "The caller wants to speak to a person.", "done": ""},
    timeout_ms=4000,
)


class Mind:
    """Gives its replies in order, the last one again and again."""

    def __init__(
        self, *replies: Parts, talks: bool = True, error: Exception | None = None, hangs: bool = False
    ) -> None:
        self.name, self.talks = "scripted", talks
        self.replies, self.error, self.hangs = replies, error, hangs
        self.requests: list[Request] = []
        self.closed = 0

    async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        self.requests.append(request)
        try:
            if self.hangs:
                await asyncio.Event().wait()
            if self.error:
                raise self.error
            for part in self.replies[min(len(self.requests), len(self.replies)) - 1]:
                yield part
        finally:
            self.closed += 1


class Shop:
    """Answers lookups."""

    def __init__(self, answer: Mapping[str, object] | Exception | None = None) -> None:
        self.answer = answer
        self.asked: list[Fetch] = []

    async def lookup(self, fetch: Fetch) -> Mapping[str, object]:
        self.asked.append(fetch)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
        return self.answer or {}


SHOP = Shop({"status": "on_the_way"})


def call(name: str, confidence: float = 0.9, **arguments: object) -> ToolCall:
    return ToolCall(name, arguments, confidence)


async def answers(minds: Sequence[Mind], think: Think, lookup: Lookup) -> list[Answer]:
    """The pieces of an answer."""
    async with aclosing(Closing(minds, think, lookup)) as thoughts:
        pieces = [await thoughts.next()]
        while pieces[-1].more:
            pieces.append(await thoughts.next())
    return pieces


async def thought(minds: Sequence[Mind], think: Think, lookup: Lookup) -> Answer:
    """An answer as a whole."""
    pieces = await answers(minds, think, lookup)
    return replace(pieces[-1], text=" ".join(piece.text for piece in pieces if piece.text))


class Closing(Thoughts):
    """Closed by `aclosing`."""

    async def aclose(self) -> None:
        await self.close()


@virtual_time
async def test_a_mind_is_told_who_it_is_what_it_knows_and_what_was_said() -> None:
    mind = Mind((Text("It is on "), Text("the way.")))
    assert await thought([mind], THINK, SHOP.lookup) == Answer("scripted", "It is on the way.")
    (request,) = mind.requests
    system, *talk = request.messages
    assert request.language == "hi"
    assert talk == [
        Message("user", "hello"),
        Message("assistant", "How can I help?"),
        Message("user", "where is my food"),
    ]
    assert system.role == "system"
    for told in ("Asha of the shop", "Hindi", "opening hours / when open: Open from nine to nine."):
        assert told in system.text
    assert [tool.name for tool in request.tools] == ["choose", "order"]
    assert request.tools[0].parameters["properties"] == {"intent": {"enum": ["person", "done"]}}
    assert "person: The caller wants to speak to a person.\ndone: done" in request.tools[0].description
    assert request.budget > 80


@virtual_time
async def test_an_exit_that_a_mind_takes_is_told_with_its_confidence() -> None:
    mind = Mind((Text("One moment"), call("choose", 0.7, intent="person")))
    assert await answers([mind], THINK, SHOP.lookup) == [Answer("scripted", exit="person", confidence=0.7)]


@virtual_time
async def test_a_lookup_is_made_and_told_to_the_mind() -> None:
    shop, mind = Shop({"status": "on_the_way"}), Mind((call("order"),), (Text("On its way."),))
    assert (await thought([mind], THINK, shop.lookup)).text == "On its way."
    assert shop.asked == [THINK.tools["order"]]
    assert mind.requests[1].messages[-1] == Message("system", 'order: {"status": "on_the_way"}')


@pytest.mark.parametrize("answer", [BackendError("away"), None])
@virtual_time
async def test_a_lookup_that_gives_nothing_is_told_too(answer: Exception | None) -> None:
    mind = Mind((call("order"),), (Text("I can't see it now."),))
    assert (await thought([mind], THINK, Shop(answer).lookup)).text == "I can't see it now."
    assert "can't be found out" in mind.requests[1].messages[-1].text


@virtual_time
async def test_a_mind_that_only_looks_up_is_stopped_after_three_rounds() -> None:
    shop, mind = Shop({"status": "x"}), Mind((call("order"),))
    with pytest.raises(ThinkingError, match="an empty answer"):
        await thought([mind], THINK, shop.lookup)
    assert len(shop.asked) == 3
    assert [tool.name for tool in mind.requests[-1].tools] == ["choose"]


@virtual_time
async def test_a_tool_that_nobody_offered_is_not_called() -> None:
    shop, mind = Shop({}), Mind((call("refund_everything", order="42"),), (Text("I can't do that."),))
    assert (await thought([mind], THINK, shop.lookup)).text == "I can't do that."
    assert shop.asked == []
    assert mind.requests[1].messages[-1].role == "system"
    assert "refund_everything can't be called" in mind.requests[1].messages[-1].text


@pytest.mark.parametrize(
    "wrong", [call("choose", intent="refund"), call("choose"), call("choose", intent=["person"]), call("person")]
)
@virtual_time
async def test_an_exit_that_nobody_offered_is_not_taken(wrong: ToolCall) -> None:
    assert await answers([Mind((wrong,), (Text("No."),))], THINK, SHOP.lookup) == [
        Answer("scripted", "No.", more=True),
        Answer("scripted"),
    ]
    with pytest.raises(ThinkingError, match="an empty answer"):
        await answers([Mind((wrong,))], THINK, SHOP.lookup)


@pytest.mark.parametrize(
    "first", [Mind(error=EngineError("down")), Mind(error=OSError("refused")), Mind(hangs=True), Mind((Text(" "),))]
)
@virtual_time
async def test_a_mind_that_gives_nothing_is_followed_by_the_next_in_time(first: Mind) -> None:
    async with asyncio.timeout(4):
        assert (await thought([first, Mind((Text("Yes."),))], THINK, SHOP.lookup)).text == "Yes."
    assert first.closed == len(first.requests)


@virtual_time
async def test_a_mind_that_only_chooses_is_asked_last_and_only_for_an_exit() -> None:
    chooser = Mind((call("choose", 0.8, intent="person"),), talks=False)
    talker = Mind((Text("Yes."),))
    assert (await thought([chooser, talker], THINK, SHOP.lookup)).text == "Yes."
    assert chooser.requests == []
    answer = await thought([chooser, Mind(error=EngineError("down"))], THINK, SHOP.lookup)
    assert answer == Answer("scripted", exit="person", confidence=0.8)
    (request,) = chooser.requests
    assert [message.text for message in request.messages if message.role == "user"] == ["where is my food"]
    assert request.tools[0].parameters["properties"] == {"intent": {"enum": ["person", "done"]}}


@virtual_time
async def test_without_a_mind_that_talks_it_says_so() -> None:
    nothing = Mind((), talks=False)
    for minds in ([], [nothing], [Mind((call("choose", 0.9, intent="unheard"),), talks=False)]):
        with pytest.raises(ThinkingError, match="no mind is configured"):
            await thought(minds, THINK, SHOP.lookup)


@virtual_time
async def test_a_reply_is_not_read_further_than_it_is_said() -> None:
    mind = Mind(tuple(Text(f"This is sentence {number}. ") for number in range(50)))
    answer = await thought([mind], THINK, SHOP.lookup)
    assert answer.text == "This is sentence 0. This is sentence 1."
    assert mind.closed == 1


@virtual_time
async def test_an_answer_comes_sentence_by_sentence_while_the_mind_still_thinks() -> None:
    class Slow(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            for word in ("It is ", "on its way. ", "It comes ", "at nine."):
                yield Text(word)
                await asyncio.sleep(0.5)

    thoughts, begun = Thoughts([Slow()], THINK, SHOP.lookup), asyncio.get_running_loop().time()
    assert await thoughts.next() == Answer("scripted", "It is on its way.", more=True)
    assert asyncio.get_running_loop().time() - begun == pytest.approx(0.5)
    assert await thoughts.next() == Answer("scripted", "It comes at nine.", more=True)
    assert await thoughts.next() == Answer("scripted")
    await thoughts.close()
    await thoughts.close()


@pytest.mark.parametrize(
    ("parts", "pieces"),
    [
        ((Text("One. "),), [("One.", True), ("", False)]),
        ((Text("One. Two. Three. "),), [("One.", True), ("Two.", True), ("", False)]),
        ((Text("[laugh] Sure! *winks* 😀"),), [("Sure!", True), ("", False)]),
    ],
)
@virtual_time
async def test_only_what_may_be_said_is_said(parts: Parts, pieces: list[tuple[str, bool]]) -> None:
    got = await answers([Mind(parts)], THINK, SHOP.lookup)
    assert [(answer.text, answer.more) for answer in got] == pieces


@virtual_time
async def test_one_that_fails_in_the_middle_leaves_what_was_said() -> None:
    class Breaking(Mind):
        async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
            yield Text("It is on its way. It ")
            raise EngineError("the stream was cut")

    second = Mind((Text("Something else."),))
    assert [answer.text for answer in await answers([Breaking(), second], THINK, SHOP.lookup)] == [
        "It is on its way.",
        "",
    ]
    assert second.requests == []


@virtual_time
async def test_words_before_a_lookup_are_said_while_it_is_made() -> None:
    mind = Mind((Text("Let me see. "), call("order")), (Text("It is on its way."),))
    got = await answers([mind], THINK, SHOP.lookup)
    assert [(answer.text, answer.more) for answer in got] == [
        ("Let me see.", True),
        ("It is on its way.", True),
        ("", False),
    ]


@virtual_time
async def test_closing_in_the_middle_stops_the_mind() -> None:
    mind = Mind((Text("One. "), Text("Two. ")))
    thoughts = Thoughts([mind], THINK, SHOP.lookup)
    assert (await thoughts.next()).more
    assert mind.closed == 0
    await asyncio.create_task(thoughts.close())
    assert mind.closed == 1
