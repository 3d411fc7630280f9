from __future__ import annotations

import pytest

from media.turn.heard import Completeness, claims, completeness

PHRASES = ("yes", "no", "talk to an agent", "हाँ", "नहीं", "बाद में")
C = Completeness


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", C.NOTHING),
        ("  …  ", "en", C.NOTHING),
        ("Yes.", "en", C.COMPLETE),
        ("हां", "hi", C.COMPLETE),
        ("बाद में", "hi", C.COMPLETE),
        ("talk to", "en", C.GOING_ON),
        ("बाद", "hi", C.GOING_ON),
        ("my order is late and", "en", C.GOING_ON),
        ("ऑर्डर नहीं आया और", "hi", C.GOING_ON),
        ("मतलब,", "hi", C.GOING_ON),
        ("order nahi aaya matlab", "hi", C.GOING_ON),
        ("माझी ऑर्डर आणि", "mr", C.GOING_ON),
        ("मेरा ऑर्डर and", "hi", C.GOING_ON),
        ("my order is late", "en", C.OPEN),
        ("आणि", "hi", C.OPEN),
    ],
)
def test_how_far_an_answer_has_come(text: str, language: str, expected: Completeness) -> None:
    assert completeness(text, PHRASES, language) is expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(("yes", "en"), ("Okay, okay!", "en"), ("uh-huh", "en"), ("हाँ", "hi"), ("हां जी", "hi"), ("हम्म", "hi")),
        *(("ठीक है।", "hi"), ("theek hai", "hi"), ("ok", "hi"), ("हो", "mr"), ("ठीक आहे", "mr")),
    ],
)
def test_who_agrees_does_not_interrupt_but_answers_the_last_words(text: str, language: str) -> None:
    assert not claims(text, (), language, 4000)
    assert not claims(text, (), language, None)
    assert claims(text, (), language, 900)


@pytest.mark.parametrize(
    ("text", "language"), [("no", "en"), ("नहीं", "hi"), ("talk to an agent", "en"), ("yes but", "en")]
)
def test_other_words_take_the_turn_whenever_they_come(text: str, language: str) -> None:
    assert claims(text, PHRASES, language, 4000)
    assert claims(text, PHRASES, language, None)


def test_agreement_that_is_no_answer_to_this_question_claims_nothing() -> None:
    assert not claims("okay", ("one", "two"), "en", 500)
    assert claims("yes", PHRASES, "en", 500)
    assert not claims("", PHRASES, "en", 500)
