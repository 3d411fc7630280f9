"""Deepgram's protocol without a socket: queries, and what Results add up to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from media.asr.deepgram_results import Results, query_of
from media.asr.protocol import Hint
from media.errors import EngineError

CODES = {"en": "en-IN", "hi": "hi", "mr": "mr"}


def result(text: str, start: float, duration: float, *, final: bool = False, **more: object) -> dict[str, object]:
    words = [{"word": word, "confidence": 0.9} for word in text.split()]
    best = {"transcript": text, "confidence": 0.9, "words": words} | more
    return {
        "type": "Results",
        "start": start,
        "duration": duration,
        "is_final": final,
        "channel": {"alternatives": [best]},
    }


def added(*messages: Mapping[str, object]) -> Results:
    results = Results()
    for message in messages:
        results.take("ear", message)
    return results


def test_a_stream_is_opened_for_telephone_audio_in_the_hint_s_language() -> None:
    query = query_of(Hint("en", ("Track my order",), words=("paneer",)), "nova-3", CODES)
    assert query == [
        ("model", "nova-3"),
        ("language", "en-IN"),
        ("encoding", "linear16"),
        ("sample_rate", "8000"),
        ("channels", "1"),
        ("interim_results", "true"),
        ("endpointing", "false"),
        ("keyterm", "paneer"),
        ("keyterm", "Track my order"),
    ]


def test_several_languages_are_asked_for_as_multi_with_hints_which() -> None:
    query = query_of(Hint("hi", languages=("hi", "en", "xx")), "nova-3", CODES)
    assert ("language", "multi") in query
    assert [value for name, value in query if name == "language_hint"] == ["hi", "en-IN"]
    assert "language_hint" not in dict(query_of(Hint("hi", languages=("hi", "en")), "nova-2", CODES))


def test_models_before_nova_3_take_single_words() -> None:
    query = query_of(Hint("en", ("track: my order", "my bill")), "nova-2-phonecall", CODES)
    assert [value for name, value in query if name == "keywords"] == ["track", "my", "order", "bill"]
    assert "keyterm" not in dict(query)


def test_key_terms_stay_below_what_deepgram_refuses() -> None:
    many = query_of(Hint("en", tuple(f"w{n}" for n in range(500))), "nova-3", CODES)
    assert sum(name == "keyterm" for name, _ in many) == 100
    long = query_of(Hint("en", tuple(f"{n} {'word ' * 20}" for n in range(100))), "nova-3", CODES)
    assert sum(len(value.split()) for name, value in long if name == "keyterm") <= 450


def test_final_parts_stay_and_the_interim_one_after_them_changes() -> None:
    results = added(result("track", 0, 0.5), result("track my", 0, 1, final=True), result("odour", 1, 0.4))
    assert (results.text, results.final_s) == ("track my odour", 1)
    results.take("ear", result("order", 1, 0.8, final=True))
    results.take("ear", result("", 1.8, 0.4, final=True))
    assert results.text == "track my order"
    assert results.final_s == pytest.approx(2.2)


def test_the_confidence_is_the_words_mean() -> None:
    results = added(
        result("one two three", 0, 1, final=True, confidence=0.8), result("four", 1, 1, final=True, confidence=0.4)
    )
    assert results.confidence == pytest.approx(0.7)
    assert Results().confidence == 0
    assert added(result("one", 0, 1, confidence=7)).confidence == 1


def test_the_language_is_that_of_most_words() -> None:
    words = [{"word": word, "language": language} for word, language in (("haan", "hi"), ("order", "en"), ("ji", "hi"))]
    assert added(result("haan order ji", 0, 1, words=words, languages=["en"])).language == "hi"
    assert added(result("yes", 0, 1, words=[], languages=["en-IN"])).language == "en"
    assert added(result("yes", 0, 1)).language == ""


def test_a_stream_opened_again_goes_on_where_the_last_was_final() -> None:
    results = added(result("track my", 0, 1, final=True), result("or", 1, 0.3))
    assert results.resume() == 1
    assert results.text == "track my"
    results.take("ear", result("order", 0, 0.9, final=True))
    assert results.text == "track my order"
    assert results.final_s == pytest.approx(1.9)


def test_finalized_results_are_counted() -> None:
    flushed = result("yes", 0, 1, final=True) | {"from_finalize": True}
    assert added(result("ye", 0, 0.5), flushed).flushed == 1


def test_other_messages_tell_nothing() -> None:
    assert added({"type": "Metadata"}, {"type": "SpeechStarted"}, {"type": "UtteranceEnd"}, {}).text == ""


def test_an_error_is_one() -> None:
    with pytest.raises(EngineError, match="ear: the model is gone"):
        added({"type": "Error", "description": "the model is gone"})


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Results"},
        {"type": "Results", "channel": {"alternatives": []}, "start": 0, "duration": 1},
        {"type": "Results", "channel": 3, "start": 0, "duration": 1},
        result("yes", 0, 1) | {"start": "soon"},
        result("yes", 0, 1, transcript=None),
        result("yes", 0, 1, words=[3]),
        result("yes", 0, 1, confidence="much"),
    ],
)
def test_results_that_can_not_be_read_are_said(broken: dict[str, object]) -> None:
    with pytest.raises(EngineError, match="ear: expected Results with a transcript, got"):
        added(broken)
