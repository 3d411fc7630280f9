from __future__ import annotations

import time
import unicodedata

import pytest

from media.llm.intents import NONE, IntentClassifier
from media.llm.protocol import Message, Request, Tool, ToolCall
from media.llm.spelling import plain, sounded
from tests.media.llm.utterances import EXAMPLES, HELD_OUT, NONE_OF_THEM

ALL = tuple(EXAMPLES)


@pytest.fixture(scope="module")
def mind() -> IntentClassifier:
    return IntentClassifier(EXAMPLES)


def request(text: str, *intents: str, tool: str = "choose") -> Request:
    parameters = {"type": "object", "properties": {"intent": {"enum": list(intents)}}}
    return Request("en", (Message("user", text),), (Tool(tool, "", parameters),))


async def answers(mind: IntentClassifier, asked: Request) -> list[ToolCall]:
    return [part async for part in mind.reply(asked) if isinstance(part, ToolCall)]


def test_held_out_utterances_are_understood(mind: IntentClassifier) -> None:
    wrong = [
        (text, intent, mind.decide(text, ALL))
        for intent, said in HELD_OUT.items()
        for text in said
        if mind.decide(text, ALL)[0] != intent
    ]
    count = sum(map(len, HELD_OUT.values()))
    assert len(wrong) / count <= 0.15, wrong


def test_what_means_none_of_them_is_left_alone(mind: IntentClassifier) -> None:
    taken = [(text, mind.decide(text, ALL)) for text in NONE_OF_THEM if mind.decide(text, ALL)[0] != NONE]
    assert len(taken) / len(NONE_OF_THEM) <= 0.15, taken


def test_confidence_is_honest(mind: IntentClassifier) -> None:
    """Among held-out answers that are given, the mean confidence is near the share that is right."""
    decided = [(mind.decide(text, ALL), intent) for intent, said in HELD_OUT.items() for text in said]
    given = [(confidence, intent == meant) for (intent, confidence), meant in decided if intent != NONE]
    mean = sum(confidence for confidence, _ in given) / len(given)
    right = sum(correct for _, correct in given) / len(given)
    assert abs(mean - right) <= 0.2, (mean, right)


async def test_only_what_is_offered_is_answered(mind: IntentClassifier) -> None:
    [call] = await answers(mind, request("haan ji", "accept", "decline"))
    assert call.arguments == {"intent": "accept"}
    assert 0.5 < call.confidence <= 1
    assert await answers(mind, request("cancel my order", "accept", "repeat")) == []
    assert await answers(mind, request("yes", "unheard_of")) == []


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂"])
async def test_nothing_said_is_no_answer(mind: IntentClassifier, text: str) -> None:
    assert await answers(mind, request(text, *ALL)) == []


async def test_requests_without_the_tool_or_its_enum_are_no_answer(mind: IntentClassifier) -> None:
    assert await answers(mind, request("yes", *ALL, tool="transfer")) == []
    assert await answers(mind, Request("en", (Message("user", "yes"),), (Tool("choose", ""),))) == []
    assert await answers(mind, Request("en", (), ())) == []


def test_two_intents_with_a_phrase_in_common_do_not_take_from_each_other() -> None:
    mind = IntentClassifier({"accept": ["yes", "haan"], "confirm": ["yes", "sahi hai"], "decline": ["no", "nahi"]})
    assert mind.decide("yes", ["confirm", "decline"])[0] == "confirm"
    assert mind.decide("yes", ["accept", "decline"])[0] == "accept"


def test_learning_is_repeatable_and_quick() -> None:
    start = time.perf_counter()
    one, two = IntentClassifier(EXAMPLES), IntentClassifier(EXAMPLES)
    assert (time.perf_counter() - start) / 2 < 3
    assert [one.decide(text, ALL) for text in NONE_OF_THEM] == [two.decide(text, ALL) for text in NONE_OF_THEM]


@pytest.mark.parametrize("examples", [{}, {"none": ["hmm"]}, {"accept": []}, {"accept": ["yes"], "decline": ["!!"]}])
def test_examples_that_teach_nothing_are_refused(examples: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        IntentClassifier(examples)


def test_one_intent_is_enough() -> None:
    assert IntentClassifier({"accept": ["yes"]}).decide("yes", ["accept"])[0] == "accept"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("हाँ", "हां"),
        ("लड़का", "लड\u093cका"),
        ("ठीक है", "theek hai"),
        ("kahan", "kahaan"),
        ("nahin", "naheen"),
        ("wapas", "vaapas"),
    ],
)
def test_spellings_of_one_sound_are_one(one: str, other: str) -> None:
    assert sounded(unicodedata.normalize("NFD", one)) == sounded(other)


def test_plain_text_has_no_marks_and_keeps_devanagari_whole() -> None:
    assert plain("  Yes, PLEASE!! ") == "yes please"
    assert plain("ऑर्डर १२ लो।").endswith("12 लो")
