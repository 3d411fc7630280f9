from __future__ import annotations

import asyncio

import pytest

from ari_app.calls.foresight import Foresight
from ivr_flows.commands import Say, SpokenText, Wait
from ivr_flows.events import Guess
from ivr_flows.interpreter import start
from media.dialog.protocol import TurnExpected
from media.workers.line import Rank
from tests.ari_app.calls.scene import order_flow
from tests.virtual_time import virtual_time


class Mind:
    """Guesses "accept", once it is let; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ranks: list[Rank] = []
        self.serves_who_waits = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.error: Exception | None = None

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        self.asked.append(text)
        self.ranks.append(rank)
        if rank is Rank.WAITING and self.serves_who_waits:
            return (Guess("reject", 0.8),)
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return (Guess("accept", 0.9),)


class Caller:
    """A flow at its first question, and what was prepared for its answer."""

    def __init__(self) -> None:
        self.flow = order_flow()
        self.session, commands = start(self.flow, {"order_id": "42"})
        wait = commands[-1]
        assert isinstance(wait, Wait)
        self.wait = wait
        self.mind = Mind()
        self.prepared: list[str] = []
        self.foresight = Foresight(self.flow, self.mind, self._prepare)

    def _prepare(self, commands: object) -> None:
        assert isinstance(commands, tuple)
        for command in commands:
            if isinstance(command, Say):
                self.prepared += [part.text for part in command.parts if isinstance(part, SpokenText)]

    def expect(self, text: str) -> None:
        self.foresight.expect(self.session, self.wait, TurnExpected(1.0, text, 0.9, "scripted"), 1000)


async def test_what_follows_a_likely_answer_is_prepared_and_the_mind_is_asked_once() -> None:
    caller = Caller()
    caller.expect("I take it")
    caller.expect("I take it")
    assert await caller.foresight.guesses("I take it", caller.wait) == (Guess("accept", 0.9),)
    assert caller.mind.asked == ["I take it"]
    assert caller.prepared != []
    assert caller.foresight.used == 1


async def test_speech_that_goes_on_throws_it_away() -> None:
    caller = Caller()
    caller.mind.may_answer.clear()
    caller.expect("I take it")
    await asyncio.sleep(0)
    caller.expect("I take it not")
    caller.mind.may_answer.set()
    assert await caller.foresight.guesses("no, never", caller.wait) == (Guess("accept", 0.9),)
    await asyncio.sleep(0)
    assert caller.mind.asked[-1] == "no, never"
    assert caller.foresight.used == 0
    assert len(asyncio.all_tasks()) == 1


@virtual_time
async def test_what_stands_behind_others_is_asked_for_anew_once_the_caller_waits() -> None:
    caller = Caller()
    caller.mind.may_answer.clear()
    caller.mind.serves_who_waits = True
    caller.expect("I take it")
    await asyncio.sleep(0.1)
    asked_at = asyncio.get_running_loop().time()
    assert await caller.foresight.guesses("I take it", caller.wait) == (Guess("reject", 0.8),)
    assert asyncio.get_running_loop().time() - asked_at == pytest.approx(0.25)
    assert caller.mind.ranks == [Rank.AHEAD, Rank.WAITING]
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@virtual_time
async def test_what_was_begun_ahead_and_comes_soon_is_not_asked_for_again() -> None:
    caller = Caller()
    caller.mind.may_answer.clear()
    caller.expect("I take it")
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.2, caller.mind.may_answer.set)
    assert await caller.foresight.guesses("I take it", caller.wait) == (Guess("accept", 0.9),)
    assert caller.mind.ranks == [Rank.AHEAD]


async def test_a_mind_that_fails_ahead_of_time_is_asked_again_in_its_time() -> None:
    caller = Caller()
    caller.mind.error = ValueError("out of order")
    caller.expect("yes")
    await asyncio.sleep(0.01)
    caller.mind.error = None
    assert await caller.foresight.guesses("yes", caller.wait) == (Guess("accept", 0.9),)


async def test_another_question_is_not_answered_by_what_was_foreseen_for_this_one() -> None:
    caller = Caller()
    caller.expect("yes")
    await asyncio.sleep(0)
    await caller.foresight.guesses("yes", Wait("hi"))
    assert caller.mind.asked == ["yes", "yes"]
    assert caller.foresight.used == 0
    caller.foresight.forget()
