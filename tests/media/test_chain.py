"""Links of chains: who is asked in which language, who is passed over, who is always tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from media.asr.link import RecogniserLink
from media.asr.protocol import Hint
from media.chain import Purpose, Scope, linked
from media.dialog.hearing import Hearing
from media.errors import EngineBusyError, EngineError, EngineRestingError
from media.health import EngineHealth
from media.llm.link import MindLink, available
from media.llm.protocol import Message, Request, Text, ToolCall
from media.tts.cache import PromptCache
from media.tts.link import SynthesiserLink
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.watch import Watch, Watched
from tests.media.fakes import VOICED, ScriptedRecogniser
from tests.media.tts.fakes import FakeSynthesiser, said
from tests.virtual_time import LoopClock, virtual_time

HINDI, ENGLISH = Hint("hi"), Hint("en")
TALK = Request("en", (Message("user", "why?"),))


def watched(engine: Any, at_once: int | None = None) -> Watched[Any]:
    health = EngineHealth(failures=1, open_s=10.0)
    return Watched(engine, Watch(engine.name, health, LoopClock(), patience_s=2.0, at_once=at_once))


def break_(one: Watched[Any]) -> None:
    one.watch.begin(last=True).failed(EngineError("out"))


@dataclass
class Mind:
    """Answers after a while."""

    name: str
    talks: bool = True
    pause_s: float = 0.0
    asked: list[Request] = field(default_factory=list)

    async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        self.asked.append(request)
        await asyncio.sleep(self.pause_s)
        yield Text(self.name)


def test_a_chain_of_a_language_is_its_alone_and_default_is_for_all_others() -> None:
    assert "hi" in Scope(only="hi")
    assert "en" not in Scope(only="hi")
    others = Scope(others=frozenset({"hi"}))
    assert others.of(frozenset({"hi", "mr", "en"})) == {"mr", "en"}


@virtual_time
async def test_each_language_has_its_order_and_an_engine_its_one_health() -> None:
    both = frozenset({"en", "hi"})
    a, b = watched(ScriptedRecogniser("a", both)), watched(ScriptedRecogniser("b", both))
    row = linked({"hi": [a, b], "default": [b, a]}, RecogniserLink)
    assert [link.name for link in row if link.can(HINDI)] == ["a", "b"]
    assert [link.name for link in row if link.can(ENGLISH)] == ["b", "a"]
    break_(a)
    assert [link.name for link in row if link.can(HINDI)] == ["b"]
    assert [link.name for link in row if link.can(ENGLISH)] == ["b", "a"], "the last is always tried"


@virtual_time
async def test_the_last_is_the_last_that_serves_the_language() -> None:
    polyglot = watched(ScriptedRecogniser("polyglot", frozenset({"en", "hi"})))
    row = linked({"default": [polyglot, watched(ScriptedRecogniser("english"))]}, RecogniserLink)
    break_(polyglot)
    assert row[0].can(HINDI)
    assert not row[0].can(ENGLISH)
    with pytest.raises(EngineRestingError):
        row[0].open(ENGLISH)


@virtual_time
async def test_a_slow_recogniser_is_given_up_in_its_turn_and_passed_over_in_the_next() -> None:
    slow, spare = watched(ScriptedRecogniser("slow", hangs=True)), ScriptedRecogniser("spare", texts=["yes", "no"])
    failures: list[str] = []
    row = linked({"default": [slow, watched(spare)]}, RecogniserLink)
    hearing = Hearing(row, lambda engine, error: failures.append(f"{engine}: {error}"))
    began = asyncio.get_running_loop().time()
    for text, took_s in (("yes", 2.0), ("no", 2.0)):
        hearing.keep(5000)
        hearing.open(ENGLISH)
        hearing.add(VOICED)
        recognition = await hearing.recognise(hearing.close(0.0, 1.0, 1.5), 5.0)
        assert recognition
        assert (recognition.text, recognition.engine) == (text, "spare")
        assert asyncio.get_running_loop().time() - began == took_s
    assert failures == ["slow: slow: nothing came in 2 s"]
    assert len(spare.streams) == 2


@virtual_time
async def test_noise_that_was_no_turn_says_nothing_of_the_engine() -> None:
    one = watched(ScriptedRecogniser())
    (link,) = linked({"default": [one]}, RecogniserLink)
    link.open(ENGLISH).cancel()
    assert (one.watch.report().answered, one.watch.report().failed) == (0, 0)


@virtual_time
async def test_what_could_not_be_opened_or_fed_is_a_failure() -> None:
    one = watched(ScriptedRecogniser(error=EngineError("gone")))
    (link,) = linked({"default": [one]}, RecogniserLink)
    with pytest.raises(EngineError, match="gone"):
        await link.open(ENGLISH).so_far()
    assert one.watch.report().failed == 1


async def test_a_voice_that_is_left_alone_costs_no_time_and_its_cached_prompts_are_still_heard() -> None:
    first, second = FakeSynthesiser("first"), FakeSynthesiser("second")
    ill = watched(first)
    row: list[SynthesiserLink] = linked({"default": [ill, watched(second)]}, SynthesiserLink)
    voice = Voice(row, PromptCache(None))
    hello = Speech("Hello.", "en")
    assert await _heard(voice, hello) == said(3)
    await voice.settled()
    break_(ill)
    assert voice.ready(hello)
    await _heard(voice, Speech("Bye.", "en"))
    assert (first.spoken, second.spoken) == (["Hello."], ["Bye."])
    assert voice.ready(Speech("Bye.", "en")) is None


@virtual_time
async def test_a_voice_of_one_language_leaves_the_others_to_their_chain() -> None:
    hindi, rest = FakeSynthesiser("hindi"), FakeSynthesiser("rest")
    row = linked({"hi": [watched(hindi)], "default": [watched(rest)]}, SynthesiserLink)
    assert {link.name: link.languages for link in row} == {"hindi": frozenset({"hi"}), "rest": frozenset({"en"})}


@virtual_time
async def test_a_slow_mind_is_given_up_before_its_first_word_and_then_not_asked() -> None:
    slow, quick = watched(Mind("slow", pause_s=9)), watched(Mind("quick"))
    row = linked({"default": [slow, quick]}, MindLink)
    with pytest.raises(EngineBusyError, match="slow: nothing came in 2 s"):
        await anext(row[0].reply(TALK))
    assert [mind.name for mind in available(row, "en")] == ["quick"]
    with pytest.raises(EngineRestingError):
        await anext(row[0].reply(TALK))


@virtual_time
async def test_the_only_mind_that_talks_is_always_asked_for_words_but_not_for_a_choice() -> None:
    slow, chooser = watched(Mind("slow", pause_s=9)), watched(Mind("chooser", talks=False))
    row = linked({"default": [slow, chooser]}, MindLink)
    assert await anext(row[0].reply(TALK)) == Text("slow")
    break_(slow)
    assert [mind.name for mind in available(row, "en")] == ["slow", "chooser"]
    assert [mind.name for mind in available(row, "en", talking=False)] == ["chooser"]


@virtual_time
async def test_minds_of_another_language_are_not_available() -> None:
    row = linked({"hi": [watched(Mind("hindi"))], "default": [watched(Mind("rest"))]}, MindLink)
    assert [mind.name for mind in available(row, "hi")] == ["hindi"]
    assert [mind.name for mind in available([*row, Mind("bare")], "mr")] == ["rest", "bare"]


@virtual_time
async def test_a_recogniser_for_lists_leaves_free_speech_to_the_next_which_is_then_the_last() -> None:
    lists = replace(watched(ScriptedRecogniser("lists")), only_for=Purpose.LISTS)
    free = replace(watched(ScriptedRecogniser("free")), only_for=Purpose.FREE_SPEECH)
    row = linked({"default": [lists, free]}, RecogniserLink)
    of_two = Hint("en", phrases=("yes", "no"))
    assert [link.name for link in row if link.can(of_two)] == ["lists"]
    assert [link.name for link in row if link.can(ENGLISH)] == ["free"]
    break_(lists)
    assert row[0].can(of_two), "nobody else hears lists"


@virtual_time
async def test_a_mind_for_choices_is_not_asked_to_talk_and_one_for_talk_not_to_choose() -> None:
    small = replace(watched(Mind("small")), only_for=Purpose.CHOICES)
    large = replace(watched(Mind("large", pause_s=9)), only_for=Purpose.TALK)
    row = linked({"default": [small, large]}, MindLink)
    assert [mind.name for mind in available(row, "en") if mind.talks] == ["large"]
    assert [mind.name for mind in available(row, "en", talking=False)] == ["small"]
    break_(small)
    assert [mind.name for mind in available(row, "en", talking=False)] == ["small"], "large does not choose"


@virtual_time
async def test_an_engine_that_has_enough_callers_leaves_the_others_to_the_next() -> None:
    first, spare = watched(ScriptedRecogniser("first", texts=["yes"]), at_once=2), watched(ScriptedRecogniser("spare"))
    row = linked({"default": [first, spare]}, RecogniserLink)
    one, two = row[0].open(ENGLISH), row[0].open(ENGLISH)
    assert [link.name for link in row if link.can(ENGLISH)] == ["spare"]
    with pytest.raises(EngineBusyError, match="first: has 2 to work for at once already"):
        row[0].open(ENGLISH)
    assert not first.watch.left_alone
    assert (await one.finish()).text == "yes"
    assert row[0].can(ENGLISH)
    third = row[0].open(ENGLISH)
    assert not row[0].can(ENGLISH)
    two.cancel()
    two.cancel()
    assert row[0].can(ENGLISH)
    third.cancel()


@virtual_time
async def test_who_hears_no_more_of_a_turn_leaves_its_place() -> None:
    first = watched(ScriptedRecogniser("first"), at_once=1)
    row = linked({"default": [first, watched(ScriptedRecogniser("spare"))]}, RecogniserLink)
    dropped = row[0].open(ENGLISH)
    assert not row[0].can(ENGLISH)
    del dropped
    assert row[0].can(ENGLISH)


@virtual_time
async def test_the_last_takes_more_than_it_should_rather_than_nobody() -> None:
    (link,) = linked({"default": [watched(Mind("only", pause_s=1), at_once=1)]}, MindLink)
    both = await asyncio.gather(anext(link.reply(TALK)), anext(link.reply(TALK)))
    assert list(both) == [Text("only"), Text("only")]


async def _heard(voice: Voice, speech: Speech) -> bytes:
    return b"".join([chunk.samples async for chunk in voice.render(speech)])
