"""Closed lists over a recogniser's text, per language; what must never be taken; properties of the distance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.matching import corpus, run, shares
from media.asr.matching.alignment import distance
from media.asr.matching.confidence import THRESHOLD, Evidence, confidence
from media.asr.matching.costs import ADDED, APART
from media.asr.matching.matcher import Listed, ListMatcher, plain_list
from media.asr.matching.sounds import sounds

ORDER = {
    "hi": (
        Listed("accept", ("हाँ", "ले लेंगे", "ऑर्डर ले लो", "एक", "ek")),
        Listed("reject", ("नहीं", "मना कर दो", "नहीं ले सकते", "दो", "do")),
        Listed("later", ("बाद में फ़ोन करो", "तीन")),
    ),
    "mr": (
        Listed("accept", ("हो", "घेतो", "एक")),
        Listed("reject", ("नाही", "रद्द करा", "दोन")),
        Listed("later", ("नंतर फोन करा", "तीन")),
    ),
    "en": (
        Listed("accept", ("yes", "take it", "one")),
        Listed("reject", ("no", "decline", "we can't take it", "two")),
        Listed("later", ("call me later", "three")),
    ),
}
MEANT = {
    "hi": {
        "Yes.": "accept", "han ji": "accept", "1": "accept", "१": "accept", "order lelo ji": "accept", "2.": "reject",
        "Two": "reject",
        "मना करदो": "reject", "nahi le sakte": "reject", "baad mein phone karo": "later", "थ्री": "later",
    },
    "mr": {
        "होय": "accept", "yes": "accept", "gheto": "accept", "2": "reject", "don": "reject", "rad kara": "reject",
        "nantar fon kara": "later",
    },
    "en": {
        "yeah": "accept", "take it please": "accept", "1": "accept", "to": "reject", "nope": "reject",
        "declined": "reject", "please call me later": "later", "कॉल मी लेटर": "later",
    },
}  # fmt: skip
NOTHING = {
    "hi": ["", "।", "आज मौसम अच्छा है", "9", "बीस मिनट", "मेरा पैसा वापस दो", "हाँ नहीं"],
    "mr": ["", "आज पाऊस आहे", "वीस मिनिटं", "नऊ"],
    "en": ["", "the weather is nice today", "twenty", "thank you for watching"],
}


@pytest.mark.parametrize(
    ("language", "text", "name"), [(language, *said) for language, table in MEANT.items() for said in table.items()]
)
def test_what_was_meant_is_surely_found(language: str, text: str, name: str) -> None:
    match = ListMatcher(ORDER[language], language).match(text)
    assert match is not None
    assert (match.name, match.confidence >= THRESHOLD) == (name, True), match


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in NOTHING.items() for text in texts]
)
def test_what_is_not_on_the_list_is_not_taken(language: str, text: str) -> None:
    match = ListMatcher(ORDER[language], language).match(text)
    assert match is None or match.confidence < THRESHOLD, match


@pytest.mark.parametrize(
    ("language", "phrase", "text"),
    [
        ("hi", "नहीं ले सकते", "ले सकते"),
        ("hi", "ले सकते", "नहीं ले सकते"),
        ("hi", "order lena hai", "order nahi lena hai"),
        ("mr", "घेऊ शकत", "घेऊ शकत नाही"),
        ("en", "we can take it", "we can't take it"),
        ("en", "do not take it", "take it"),
        ("en", "two", "three"),
        ("en", "order 12", "order 13"),
    ],
)
def test_the_opposite_and_another_number_are_never_taken(language: str, phrase: str, text: str) -> None:
    match = ListMatcher((Listed("it", (phrase,)),), language).match(text)
    assert match is None or match.confidence < THRESHOLD, match


def test_two_options_that_are_both_a_yes_are_told_apart_by_their_words() -> None:
    listed = (Listed("yes", ("हाँ",)), Listed("fine", ("ठीक है",)))
    said = {text: ListMatcher(listed, "hi").match(text) for text in ("haan", "theek hai")}
    assert {text: match and match.name for text, match in said.items()} == {"haan": "yes", "theek hai": "fine"}


@pytest.mark.parametrize(("language", "text"), [("hi", "galat"), ("mr", "चूक"), ("en", "wrong")])
def test_calling_something_wrong_declines_no_offer_but_denies_what_was_read_back(language: str, text: str) -> None:
    offer = ListMatcher(ORDER[language], language).match(text)
    assert offer is None or offer.confidence < THRESHOLD, offer
    read_back = (Listed("yes", ("सही है", "right")), Listed("no", ("गलत", "चूक", "wrong")))
    denial = ListMatcher(read_back, language).match(text)
    assert denial
    assert (denial.name, denial.confidence >= THRESHOLD) == ("no", True)


def test_two_options_that_sound_alike_leave_a_doubt() -> None:
    alone = ListMatcher((Listed("left", ("turn left",)),), "en").match("turn lift")
    beside = ListMatcher((Listed("left", ("turn left",)), Listed("lift", ("turn loft",))), "en").match("turn lift")
    assert alone
    assert beside
    assert beside.confidence < alone.confidence


def test_courtesy_costs_next_to_nothing_and_other_words_more() -> None:
    matcher = ListMatcher((Listed("track", ("track my order",)),), "en")
    bare, polite, long = (
        match.confidence if (match := matcher.match(text)) else 0.0
        for text in ("track my order", "please track my order sir", "yesterday somebody came and track my order again")
    )
    assert bare - polite < 0.05
    assert long < polite - 0.05


def test_a_plain_list_groups_the_spellings_of_one_phrase() -> None:
    grouped = plain_list(("ठीक है", "theek hai", "thik hai", "नहीं", "nahin", "बाद में"))
    assert [one.phrases for one in grouped] == [("ठीक है", "theek hai", "thik hai"), ("नहीं", "nahin"), ("बाद में",)]


def test_the_held_out_half_of_the_corpus_is_matched() -> None:
    """Floors below the figures of docs/engines.md, which come from `python -m bench.matching`."""
    right, wrong, accepted = shares(run([one for one in corpus() if one.held_out]), THRESHOLD)
    assert right >= 0.92
    assert wrong <= 0.01
    assert accepted <= 0.05


def test_a_listed_phrase_itself_is_always_right() -> None:
    lists = {one.listed: one.language for one in corpus()}
    for listed, language in lists.items():
        matcher = ListMatcher(listed, language)
        found = {phrase: matcher.match(phrase) for one in listed for phrase in one.phrases}
        meant = {phrase: one.name for one in listed for phrase in one.phrases}
        assert {phrase: match and match.name for phrase, match in found.items()} == meant


@given(st.text(max_size=80), st.sampled_from(["en", "hi", "mr"]))
def test_any_text_gives_a_confidence_from_0_to_1_or_nothing(text: str, language: str) -> None:
    match = ListMatcher(ORDER[language], language).match(text)
    assert match is None or 0 <= match.confidence <= 1


WORDS = st.lists(
    st.sampled_from(["order", "haan", "nahi", "kar", "do", "ले", "लो", "please", "track", "मिनट"]),
    min_size=1,
    max_size=6,
)


@given(WORDS)
def test_nothing_lies_between_a_text_and_itself(words: list[str]) -> None:
    heard = sounds(" ".join(words))
    assert distance(heard, heard, 1.0) == 0


@given(WORDS, WORDS)
def test_a_bound_changes_no_distance_within_it(one: list[str], other: list[str]) -> None:
    phrase, text = sounds(" ".join(one)), sounds(" ".join(other))
    whole = distance(phrase, text, 1e9)
    assert distance(phrase, text, whole + 0.01) == whole
    if whole > 0.5:
        assert distance(phrase, text, 0.5) > 0.5


def test_costs_are_the_same_both_ways_and_no_more_than_leaving_both_out() -> None:
    for one, row in enumerate(APART):
        assert row[one] == 0
        for other, cost in enumerate(row):
            assert cost == APART[other][one]
            assert cost <= 3 * (ADDED[one] + ADDED[other])


def test_more_against_a_phrase_is_never_more_confidence() -> None:
    usual = Evidence(distance=0.1, extra=0.1, lead=0.3, shortness=0.1)
    worse = [
        Evidence(0.2, 0.1, 0.3, 0.1),
        Evidence(0.1, 0.3, 0.3, 0.1),
        Evidence(0.1, 0.1, 0.1, 0.1),
    ]
    assert all(confidence(one) < confidence(usual) for one in worse)
