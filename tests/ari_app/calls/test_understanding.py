"""Minds are asked in their order; one that fails is passed over, and silence is nobody's business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ari_app.calls.understanding import Understanding
from ivr_flows.commands import SpokenOption, Wait
from ivr_flows.events import Guess
from media.errors import EngineError
from media.llm.protocol import Request, Text, ToolCall
from media.workers.line import Rank
from tests.virtual_time import virtual_time

OPTIONS = (SpokenOption("accept", ("yes",)), SpokenOption("reject", ("no",)))
MENU = Wait("en", options=OPTIONS)


class Mind:
    """Answers with `parts`, or as its error or its slowness says."""

    name = "scripted"
    talks = True

    def __init__(self, *parts: Text | ToolCall, error: Exception | None = None, hangs: bool = False) -> None:
        self.parts, self.error, self.hangs = parts, error, hangs
        self.requests: list[Request] = []

    async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        self.requests.append(request)
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        for part in self.parts:
            yield part


def choose(intent: str, confidence: float) -> ToolCall:
    return ToolCall("choose", {"intent": intent}, confidence)


@virtual_time
async def test_guesses_come_best_first_and_text_is_passed_over() -> None:
    mind = Mind(Text("hm"), choose("reject", 0.2), choose("accept", 0.7))
    guesses = await Understanding([mind]).guesses("ya sure", MENU)
    assert guesses == (Guess("accept", 0.7), Guess("reject", 0.2))


@virtual_time
async def test_the_mind_is_told_the_language_the_words_and_the_options() -> None:
    mind = Mind(choose("accept", 1.0))
    await Understanding([mind]).guesses("haan", Wait("hi", options=OPTIONS))
    (request,) = mind.requests
    assert (request.language, request.messages[-1].text) == ("hi", "haan")
    assert "call it" in request.messages[0].text
    assert request.tools[0].parameters["properties"] == {"intent": {"enum": ["accept", "reject"]}}
    assert request.only_calls
    assert request.rank is Rank.WAITING


@pytest.mark.parametrize(("text", "wait"), [("", MENU), ("yes", Wait("en")), ("yes", Wait("en", free=True))])
@virtual_time
async def test_nobody_is_asked_without_words_or_options(text: str, wait: Wait) -> None:
    mind = Mind(choose("accept", 1.0))
    assert await Understanding([mind]).guesses(text, wait) == ()
    assert mind.requests == []


@virtual_time
async def test_in_free_speech_only_minds_that_do_not_talk_are_asked() -> None:
    talker, chooser = Mind(choose("accept", 1.0)), Mind(choose("reject", 0.8))
    chooser.talks = False
    guesses = await Understanding([talker, chooser]).guesses("no way", Wait("en", options=OPTIONS, free=True))
    assert guesses == (Guess("reject", 0.8),)
    assert talker.requests == []


@pytest.mark.parametrize(
    "first",
    [
        Mind(),
        Mind(Text("no idea")),
        Mind(error=OSError("refused")),
        Mind(error=ValueError("bad")),
        Mind(error=EngineError("x")),
        Mind(hangs=True),
    ],
)
@virtual_time
async def test_a_mind_that_gives_nothing_is_followed_by_the_next(first: Mind) -> None:
    async with asyncio.timeout(2.001):
        guesses = await Understanding([first, Mind(choose("accept", 0.9))]).guesses("okay", MENU)
    assert guesses == (Guess("accept", 0.9),)


@virtual_time
async def test_no_mind_is_no_guess() -> None:
    assert await Understanding([]).guesses("okay", MENU) == ()
    assert await Understanding([Mind(error=OSError("refused"))]).guesses("okay", MENU) == ()


@pytest.mark.parametrize(
    "wrong", [choose("refund", 1.0), ToolCall("accept", {}, 1.0), ToolCall("choose", {"intent": ["accept"]}, 1.0)]
)
@virtual_time
async def test_what_was_not_offered_is_refused(wrong: ToolCall) -> None:
    assert await Understanding([Mind(wrong)]).guesses("okay", MENU) == ()
    assert await Understanding([Mind(wrong), Mind(choose("accept", 0.9))]).guesses("okay", MENU) == (
        Guess("accept", 0.9),
    )
