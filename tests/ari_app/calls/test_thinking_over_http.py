"""A talk's answers from a chat server on a real socket: sentences, lookups, exits, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ari_app.calls.thinking import Answer, ThinkingError, Thoughts
from ivr_flows.commands import Fetch, Known, Think
from media.chain import linked
from media.clock import MonotonicClock
from media.health import EngineHealth
from media.llm.chat import OpenAiChat
from media.llm.link import MindLink
from media.llm.protocol import LanguageModel
from media.watch import Watch, Watched
from tests.standins.chat import Answer as Served
from tests.standins.chat import ChatServer, calls, chat_server, says

THINK = Think(
    language="en",
    persona="You are Asha.",
    history=(("caller", "hello"), ("agent", "Hello."), ("agent", "I am Asha."), ("caller", "where is my food")),
    facts=(Known(("opening hours",), "Open from nine to nine."),),
    tools={"order": Fetch("order_status", {"order_id": "42"})},
    exits={"person": "They want a person.", "done": ""},
    timeout_ms=10_000,
)


@asynccontextmanager
async def thinking(*served: Served, think: Think = THINK) -> AsyncIterator[tuple[Thoughts, ChatServer]]:
    async with chat_server(*served) as server:
        mind = OpenAiChat(name="gpu", url=server.url, model="tiny", first_token_s=5.0, gap_s=5.0)
        thoughts = Thoughts([mind], think, order)
        try:
            yield thoughts, server
        finally:
            await thoughts.close()
            await mind.close()


async def order(fetch: Fetch) -> Mapping[str, object]:
    return {"asked": fetch.name, "status": "on the way"}


async def whole(thoughts: Thoughts) -> list[Answer]:
    answers = [await thoughts.next()]
    while answers[-1].more:
        answers.append(await thoughts.next())
    return answers


def watched(mind: OpenAiChat) -> Watched[LanguageModel]:
    health = EngineHealth(failures=1, open_s=60.0)
    return Watched(mind, Watch(mind.name, health, MonotonicClock(), patience_s=0.3))


def system(body: Mapping[str, Any]) -> str:
    first = body["messages"][0]
    assert first["role"] == "system"
    assert [message["role"] for message in body["messages"][1:]] == ["user", "assistant", "user"]
    text: str = first["content"]
    return text


async def test_sentences_come_one_by_one_without_what_is_not_spoken() -> None:
    async with thinking(says("[laugh] Sure! 😀 It is *on* its way. And more.", dribble=3)) as (thoughts, server):
        texts = [answer.text for answer in await whole(thoughts)]
        assert texts == ["Sure!", "It is on its way.", ""]
        (body,) = server.requests
    assert "opening hours: Open from nine to nine." in system(body)
    assert body["messages"][2]["content"] == "Hello. I am Asha."
    assert [tool["function"]["name"] for tool in body["tools"]] == ["choose", "order"]
    assert body["tools"][0]["function"]["parameters"]["properties"]["intent"]["enum"] == ["person", "done"]


async def test_the_first_sentence_is_there_while_the_server_still_thinks_and_leaving_then_is_noticed() -> None:
    async with thinking(says("It is on its way. It comes", hang_after=6)) as (thoughts, server):
        assert await thoughts.next() == Answer("gpu", "It is on its way.", more=True)
        assert not server.left.is_set()
        await thoughts.close()
        async with asyncio.timeout(5):
            await server.left.wait()


async def test_an_exit_is_taken_by_the_tool() -> None:
    async with thinking(calls("choose", '{"intent": "person"}')) as (thoughts, _):
        assert await whole(thoughts) == [Answer("gpu", exit="person", confidence=0.8)]


async def test_a_lookup_is_made_and_its_answer_is_told_to_the_server() -> None:
    async with thinking(calls("order", "{}"), says("It is on its way.")) as (thoughts, server):
        assert (await whole(thoughts))[0].text == "It is on its way."
        assert 'order: {"asked": "order_status", "status": "on the way"}' in system(server.requests[1])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("refund", '{"amount": 500}'), ("choose", '{"intent": "refund"}'), ("person", "{}")],
)
async def test_what_the_flow_does_not_allow_is_refused(name: str, arguments: str) -> None:
    async with thinking(calls(name, arguments), says("I can't do that.")) as (thoughts, server):
        assert [answer.text for answer in await whole(thoughts)] == ["I can't do that.", ""]
        assert f"{name} can't be called like that" in system(server.requests[1])


@pytest.mark.parametrize(
    ("served", "said"),
    [
        (calls("choose", '{"intent": '), "gpu: an empty answer"),
        (
            Served(status=429, error="slow down"),
            "gpu: POST /chat/completions: expected success, got HTTP 429: slow down",
        ),
        (says("one two", cut_after=2), "gpu: "),
    ],
)
async def test_what_comes_to_nothing_says_why(served: Served, said: str) -> None:
    async with thinking(served) as (thoughts, _):
        with pytest.raises(ThinkingError) as raised:
            await whole(thoughts)
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    "first", [Served(status=503, error="full"), says("one", hang_after=1), says("one", cut_after=1)]
)
async def test_the_next_server_of_the_chain_answers_when_the_first_has_said_nothing(first: Served) -> None:
    async with chat_server(first) as away, chat_server(says("It is on its way.")) as there:
        minds = [OpenAiChat(name=name, url=server.url, model="m") for name, server in (("a", away), ("b", there))]
        chain = linked({"default": [watched(mind) for mind in minds]}, MindLink)
        for asked in (1, 2):
            thoughts = Thoughts(chain, THINK, order)
            assert (await whole(thoughts))[0] == Answer("b", "It is on its way.", more=True)
            assert len(there.requests) == asked
        assert len(away.requests) <= 2
        if first.hang_after:
            async with asyncio.timeout(5):
                await away.left.wait()
        for mind in minds:
            await mind.close()
