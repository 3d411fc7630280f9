"""A converse step and a question with options, answered by llama.cpp on a model of random weights, in its chain."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from ari_app.calls.thinking import Answer, Thoughts
from ari_app.calls.understanding import Understanding
from ivr_flows.commands import Fetch, Known, SpokenOption, Think, Wait
from media.chain import Scope
from media.health import EngineHealth
from media.llm.link import MindLink
from media.watch import Watch, Watched
from tests.media.llm.test_llama import CALLS, NEVER_ENDS, Closing, installed, made
from tests.media.llm.tiny_llama import tiny_llama
from tests.virtual_time import LoopClock

THINK = Think(
    language="en",
    persona="You are Asha of the shop.",
    history=(("agent", "How can I help?"), ("caller", "where is my food")),
    facts=(Known(("opening hours",), "Open from nine to nine."),),
    tools={"order": Fetch("order_status", {}, timeout_ms=1000)},
    exits={"person": "The caller wants a person.", "खाना": "The caller is hungry."},
    timeout_ms=30_000,
)
pytestmark = installed


def linked(engine: Closing) -> MindLink:
    return MindLink(
        Watched(engine, Watch(engine.name, EngineHealth(failures=1, open_s=10.0), LoopClock(), patience_s=20.0)),
        Scope(only="en"),
        (),
    )


async def nothing(_: Fetch) -> Mapping[str, object]:
    return {"status": "on the way"}


async def answers(engine: Closing, think: Think) -> list[Answer]:
    thoughts = Thoughts([linked(engine)], think, nothing)
    told: list[Answer] = []
    while not told or told[-1].more:
        told.append(await thoughts.next())
    await thoughts.close()
    return told


async def test_a_mind_that_calls_takes_an_exit_that_is_offered(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "calling.gguf", likes=CALLS)
    async with aclosing(made({"calling": path}, "calling")) as engine:
        await engine.start()
        exits = set()
        for said in ("one", "two", "three", "four", "five"):
            told = await answers(engine, replace(THINK, history=(("caller", said),), tools={}))
            exits.add(told[-1].exit)
    assert exits <= set(THINK.exits)
    assert exits


async def test_one_that_talks_is_heard_within_its_budget(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "endless.gguf", likes=NEVER_ENDS)
    async with aclosing(made({"endless": path}, "endless")) as engine:
        await engine.start()
        told = await answers(engine, THINK)
    assert "".join(answer.text for answer in told)
    assert {answer.engine for answer in told} == {"llama-cpp"}
    assert told[-1].exit == ""


async def test_an_answer_to_a_question_is_one_of_its_options_or_none(tmp_path: Path) -> None:
    path = tiny_llama(tmp_path / "calling.gguf", likes=CALLS)
    async with aclosing(made({"calling": path}, "calling")) as engine:
        await engine.start()
        wait = Wait(language="en", options=(SpokenOption("yes", ("yes",)), SpokenOption("no", ("no",))))
        guesses = [guess for n in range(4) for guess in await Understanding([linked(engine)]).guesses(f"{n}", wait)]
    assert guesses
    assert {guess.option for guess in guesses} <= {"yes", "no"}
