"""llama.cpp's real code, on a model of random weights that is made on the spot: its words mean nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.llm.llama import Llama
from media.llm.protocol import Message, Request, Text, Tool, ToolCall
from media.workers.line import Rank
from tests.media.llm.tiny_llama import WITHOUT_TOOLS, tiny_llama

installed = pytest.mark.skipif(
    find_spec("llama_cpp") is None or find_spec("gguf") is None,
    reason="llama-cpp-python or gguf is not installed: make test-engines, or pip install 'mercury[llama,tiny-models]'",
)
EXITS = ["person", "हाँ जी", 'say "no"']
CHOOSE = Tool("choose", "Which.", {"type": "object", "properties": {"intent": {"enum": EXITS}}, "required": ["intent"]})
LOOK_UP = Tool("order", "Looks up the order.", {"type": "object", "properties": {}})
NEVER_ENDS = {"<|im_end|>": 0.0, "<|endoftext|>": 0.0}
CALLS = NEVER_ENDS | {"<tool_call>": 30.0}


def asked(text: str = "where is my food", persona: str = "You are Asha of the shop.", **more: Any) -> Request:
    return Request("en", (Message("system", persona), Message("user", text)), **more)


LONG = asked(budget=3000)
"""An answer that takes a second or so, from a model that never ends."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "plain": tiny_llama(folder / "plain.gguf"),
        "endless": tiny_llama(folder / "endless.gguf", likes=NEVER_ENDS),
        "calling": tiny_llama(folder / "calling.gguf", likes=CALLS),
        "json": tiny_llama(folder / "json.gguf", likes=NEVER_ENDS | {"{": 1000.0}, seed=3),
        "unmarked": tiny_llama(folder / "unmarked.gguf", blocks=False, template=WITHOUT_TOOLS, likes={"<": -9.0}),
        "untaught": tiny_llama(folder / "untaught.gguf", template=None),
        "broken": tiny_llama(folder / "broken.gguf", template="{{ raise_exception('never') }}"),
    }


@pytest.fixture
async def endless(models: dict[str, Path]) -> AsyncIterator[Llama]:
    async with aclosing(made(models, "endless")) as engine:
        await engine.start()
        yield engine


class Closing(Llama):
    """One that `aclosing` closes."""

    async def aclose(self) -> None:
        await self.close()


def made(models: dict[str, Path], which: str, **options: Any) -> Closing:
    patient = {"n_threads": 1, "temperature": 0.0, "first_token_s": 30.0, "gap_s": 30.0, "deadline_s": 60.0}
    return Closing(model=str(models[which]), **{**patient, **options})


async def replies(models: dict[str, Path], which: str, *requests: Request, **options: Any) -> list[list[Any]]:
    """The parts of each answer, asked one after the other."""
    async with aclosing(made(models, which, **options)) as engine:
        await engine.start()
        return [await reply(engine, request) for request in requests]


async def reply(engine: Llama, request: Request) -> list[Text | ToolCall]:
    return [part async for part in engine.reply(request)]


def text(parts: list[Any]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


@installed
async def test_an_answer_comes_in_pieces_within_its_budget(models: dict[str, Path]) -> None:
    short, longer = await replies(models, "endless", asked(budget=12), asked(budget=24))
    assert 8 < len(short) <= 12
    assert len(longer) > len(short)
    assert text(longer).startswith(text(short).rstrip("\N{REPLACEMENT CHARACTER}"))


@installed
async def test_another_question_or_persona_is_another_answer(models: dict[str, Path]) -> None:
    requests = asked(), asked("when do you open"), asked(persona="You are Ravi."), asked("अच्छा")
    assert len({text(parts) for parts in await replies(models, "endless", *requests)}) == len(requests)


@installed
async def test_chance_is_the_same_for_the_same_seed(models: dict[str, Path]) -> None:
    answers = [text((await replies(models, "endless", asked(), temperature=1.0, seed=seed))[0]) for seed in (1, 1, 2)]
    assert answers[0] == answers[1] != answers[2]


@installed
async def test_a_model_that_calls_calls_what_is_offered_with_valid_arguments(models: dict[str, Path]) -> None:
    for parts in await replies(models, "calling", *(asked(f"{n}", tools=(CHOOSE, LOOK_UP)) for n in range(8))):
        (call,) = [part for part in parts if isinstance(part, ToolCall)]
        assert parts[-1] is call
        assert (call.name, call.confidence) in {("choose", 0.8), ("order", 0.8)}
        assert call.arguments.get("intent") in EXITS if call.name == "choose" else call.arguments == {}


@installed
async def test_without_tools_the_same_model_only_talks(models: dict[str, Path]) -> None:
    (parts,) = await replies(models, "calling", asked())
    assert not [part for part in parts if isinstance(part, ToolCall)]


@installed
async def test_an_answer_that_begins_as_json_becomes_a_call(models: dict[str, Path]) -> None:
    answers = await replies(models, "json", *(asked(f"{n}", tools=(CHOOSE,)) for n in range(8)))
    called = [parts for parts in answers if isinstance(parts[0], ToolCall)]
    assert called
    assert all(parts[0].arguments["intent"] in EXITS for parts in called)


@installed
@pytest.mark.parametrize("which", ["plain", "endless", "calling", "unmarked"])
async def test_where_only_calls_are_wanted_there_is_a_call_or_nothing(models: dict[str, Path], which: str) -> None:
    requests = [asked(f"{n}", tools=(CHOOSE,), only_calls=True, budget=160) for n in range(8)]
    chosen = await replies(models, which, *requests)
    assert any(chosen)
    for parts in chosen:
        assert [part.arguments["intent"] in EXITS for part in parts] in ([], [True])


@installed
async def test_a_call_that_its_budget_cuts_is_left_out(
    models: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    answers = await replies(models, "calling", asked(tools=(CHOOSE,), budget=9, only_calls=True))
    assert answers == [[]]
    assert "llama-cpp: left out a call that was cut before its end" in caplog.text


@installed
async def test_an_answer_keeps_to_its_schema(models: dict[str, Path]) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"enum": ["पुणे", "Nashik"]}, "rooms": {"type": "integer"}, "ok": {"type": "boolean"}},
        "required": ["city", "rooms", "ok"],
    }
    for parts in await replies(models, "plain", *(asked(f"{n}", schema=schema, budget=200) for n in range(4))):
        answer = json.loads(text(parts))
        assert answer["city"] in {"पुणे", "Nashik"}
        assert isinstance(answer["rooms"], int)
        assert isinstance(answer["ok"], bool)


@installed
async def test_a_schema_that_can_t_be_kept_is_refused(models: dict[str, Path]) -> None:
    with pytest.raises(EngineError, match=r"llama-cpp: no grammar can be made of the JSON schema .*\"sorcery\""):
        await replies(models, "plain", asked(schema={"type": "sorcery"}))


@installed
async def test_what_all_begin_with_is_evaluated_once(models: dict[str, Path]) -> None:
    persona = "You are Asha of the shop. " * 20
    async with aclosing(made(models, "endless")) as engine:
        await engine.start()
        await reply(engine, asked("one", persona))
        first = engine.counters.evaluated
        await reply(engine, asked("two", persona))
    assert first > 500
    assert engine.counters.evaluated == 0


@installed
async def test_beginnings_of_several_calls_are_kept_beside_each_other(models: dict[str, Path]) -> None:
    shops = [f"You are {name} of the shop. " * 20 for name in ("Asha", "Ravi", "Meena")]
    evaluated = {}
    for cache_mib in (0, 1):
        async with aclosing(made(models, "endless", cache_mib=cache_mib)) as engine:
            await engine.start()
            for persona in shops:
                await reply(engine, asked("one", persona, budget=4))
            before = engine.counters.evaluated
            answers = [text(await reply(engine, asked("two", persona, budget=20))) for persona in shops]
            evaluated[cache_mib] = engine.counters.evaluated - before, engine.counters.restored, answers
    (without, _, fresh), (with_, restored, resumed) = evaluated[0], evaluated[1]
    assert without > 1200
    assert with_ < 100
    assert restored == 3
    assert resumed == fresh


@installed
async def test_a_call_s_talk_is_kept_while_another_is_on(models: dict[str, Path]) -> None:
    persona = Message("system", "You are Asha of the shop. " * 8)
    talks = {who: [Message("user", f"{who} " + "where is my food " * 12)] for who in ("first", "second")}
    async with aclosing(made(models, "endless", cache_mib=1)) as engine:
        await engine.start()
        evaluated = []
        for _ in range(3):
            for said in talks.values():
                before = engine.counters.evaluated
                answer = text(await reply(engine, Request("en", (persona, *said), budget=8)))
                evaluated.append(engine.counters.evaluated - before)
                said += [Message("assistant", answer.strip()), Message("user", "and when")]
    assert min(evaluated[:2]) > 190
    assert max(evaluated[2:]) < 100


@installed
async def test_leaving_an_answer_ends_the_work(endless: Llama) -> None:
    async with aclosing(endless.reply(LONG)) as parts:
        await anext(parts)
    assert (await reply(endless, asked(budget=4))) != []
    assert endless.counters.written < 1000


@installed
async def test_a_line_that_is_full_refuses(models: dict[str, Path]) -> None:
    async with aclosing(made(models, "endless", queue=1)) as engine:
        await engine.start()
        async with aclosing(engine.reply(LONG)) as parts:
            await anext(parts)
            waiting = asyncio.create_task(reply(engine, asked(budget=4)))
            await asyncio.sleep(0)
            with pytest.raises(EngineBusyError, match="1 jobs wait already"):
                await reply(engine, asked())
        assert await waiting


@installed
async def test_who_waits_in_silence_goes_before_what_is_thought_ahead(endless: Llama) -> None:
    ahead = endless.reply(asked(budget=3000, rank=Rank.AHEAD))
    await anext(ahead)
    assert await reply(endless, asked(budget=4))
    with pytest.raises(EngineBusyError, match="gave its place to a caller who waits in silence"):
        async for _ in ahead:
            pass
    assert endless.counters.written < 3000


@installed
async def test_an_answer_that_begins_late_is_none(models: dict[str, Path]) -> None:
    async with aclosing(made(models, "endless", first_token_s=0.1)) as engine:
        await engine.start()
        async with aclosing(engine.reply(LONG)) as parts:
            await anext(parts)
            with pytest.raises(EngineBusyError, match=r"llama-cpp: no first token within 0\.1 s"):
                await reply(engine, asked())


@installed
async def test_old_talk_that_does_not_fit_is_left_out_and_too_long_a_persona_told(models: dict[str, Path]) -> None:
    talk = tuple(Message("user" if n % 2 == 0 else "assistant", f"{n} " + "word " * 20) for n in range(41))
    request = Request("en", (Message("system", "Rules."), *talk), budget=20)
    async with aclosing(made(models, "endless", n_ctx=512)) as engine:
        await engine.start()
        before = engine.counters.evaluated
        assert await reply(engine, request)
        assert 250 < engine.counters.evaluated - before < 492
        with pytest.raises(EngineError, match=r"a prompt of 6\d\d tokens does not fit a context of 512; set a larger"):
            await reply(engine, asked(persona="x" * 600))


@installed
async def test_closing_the_engine_ends_the_answer(models: dict[str, Path]) -> None:
    engine = made(models, "endless")
    with pytest.raises(EngineError, match="llama-cpp is not started"):
        await reply(engine, asked())
    await engine.start()
    parts = engine.reply(LONG)
    await anext(parts)
    await engine.close()
    await engine.close()
    with pytest.raises(EngineError, match="llama-cpp is closed"):
        async for _ in parts:
            pass
    with pytest.raises(EngineError, match="is not started"):
        await reply(engine, asked())


@installed
async def test_it_can_be_started_again(models: dict[str, Path]) -> None:
    engine = made(models, "endless")
    answers = []
    for _ in range(2):
        await engine.start()
        answers.append(await reply(engine, asked()))
        await engine.close()
    gc.collect()
    assert answers[0] == answers[1]


@installed
def test_what_it_needs_is_known_before_the_start(models: dict[str, Path]) -> None:
    small, large = made(models, "plain", cache_mib=0), made(models, "plain", cache_mib=100, n_ctx=1 << 20)
    assert small.need.vram_mib == 0
    assert 64 <= small.need.ram_mib < 70
    assert large.need.ram_mib == small.need.ram_mib + 100 + 64


@installed
@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("untaught", r"llama-cpp: no answers here: the model brings no chat template"),
        ("broken", r"llama-cpp: no answers here: the chat template refuses the conversation: never"),
    ],
)
async def test_a_model_without_a_template_that_works_is_told(models: dict[str, Path], which: str, message: str) -> None:
    with pytest.raises(EngineUnavailableError, match=message):
        await made(models, which).start()


@installed
async def test_a_model_that_is_cut_short_is_told_with_what_llama_cpp_says(
    models: dict[str, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(models["plain"].read_bytes()[:-1000])
    with pytest.raises(EngineUnavailableError, match=r"cut\.gguf can't be loaded: .*not within the file bounds"):
        await Llama(model=str(cut)).start()


@installed
def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"PK" + bytes(100))
    with pytest.raises(EngineUnavailableError, match=r"there is no model .*: expected the path of a \.gguf file"):
        Llama(model=str(tmp_path / "none.gguf"))
    with pytest.raises(EngineUnavailableError, match=r"model\.gguf is no model for llama\.cpp: expected a GGUF file"):
        Llama(model=str(tmp_path / "model.gguf"))


@installed
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_ctx": 100}, "llama-cpp: n_ctx must be at least 256, got 100"),
        ({"n_gpu_layers": -2}, "n_gpu_layers must be at least -1, got -2"),
        ({"temperature": 3.0}, r"expected temperature to be 0 to 2, got 3\.0"),
        ({"tools": "never"}, "tools must be one of auto, template, text, got 'never'"),
        ({"gap_s": 0}, r"gap_s must be at least 0\.1, got 0"),
    ],
)
def test_options_that_can_t_be_are_refused(models: dict[str, Path], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Llama(model=str(models["plain"]), **options)


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(EngineUnavailableError, match=r"pip install 'mercury\[llama\]' \(there is no ready wheel"):
        Llama(model="model.gguf")
