"""Yes and no per language, in Devanagari and in Latin letters."""

from __future__ import annotations

import pytest

from ivr_flows.model.base import Language
from ivr_flows.vocabulary import NO, YES
from media.asr.spoken.yes_no import says_both, yes_or_no

SAID = {
    "hi": (
        ["हाँ", "हां", "हाँ जी", "जी हाँ", "जी", "Haan.", "han ji", "haa", "theek hai", "Yes", "yeah yeah", "ok", "सही है"],
        ["नहीं", "नही", "नहीं जी", "जी नहीं", "nahi", "Nahin!", "no", "ना", "नहीं नहीं", "no thanks"],
    ),
    "mr": (
        ["हो", "होय", "हो हो", "ho", "hoy", "बरोबर आहे", "ठीक आहे", "चालेल", "हां", "yes", "ok sir"],
        ["नाही", "नको", "nahi", "nako", "No.", "नाही नाही", "चूक"],
    ),
    "en": (
        ["yes", "Yes please", "Yeah.", "okay", "ok", "that's right", "Correct", "sure sir", "yes yes"],
        ["no", "Nope.", "no thanks", "No, thank you", "wrong", "no no"],
    ),
}  # fmt: skip
NEITHER = {
    "hi": ["", "हाँ नहीं", "बीस", "order हाँ", "हो", "है", "sir"],
    "mr": ["", "हो नाही", "घेतो", "जी"],
    "en": ["", "yes no", "no problem", "ho", "maybe", "thank you", "not right"],
}


@pytest.mark.parametrize("language", SAID)
def test_yes_is_yes_and_no_is_no(language: str) -> None:
    yes, no = SAID[language]
    assert [text for text in yes if yes_or_no(text, language) is not True] == []
    assert [text for text in no if yes_or_no(text, language) is not False] == []


@pytest.mark.parametrize("language", NEITHER)
def test_what_is_neither_or_both_is_none(language: str) -> None:
    assert [text for text in NEITHER[language] if yes_or_no(text, language) is not None] == []


@pytest.mark.parametrize("language", ["hi", "mr", "en"])
def test_what_flows_take_for_yes_and_no_is_taken_here_too(language: Language) -> None:
    assert [text for text in YES[language] if yes_or_no(text, language) is not True] == []
    assert [text for text in NO[language] if yes_or_no(text, language) is not False] == []


def test_yes_and_no_among_other_words() -> None:
    assert says_both("हाँ, order नहीं चाहिए", "hi")
    assert says_both("हो नाही", "mr")
    assert not says_both("order नहीं चाहिए", "hi")
    assert not says_both("", "en")
