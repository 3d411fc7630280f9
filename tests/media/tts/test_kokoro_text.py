from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.tts.kokoro_text import MOST_PHONEMES, guarded, parted, pieces, pronounceable
from media.tts.prepare import authored

ENGLISH = {
    "It costs ₹3.50.": ["It costs three rupees fifty paise."],
    "3.5": ["three point five."],
    "1,234": ["one thousand two hundred thirty four."],
    "?": [],
    "...": [],
    "😀": [],
    " - ": [],
    "A": ["A."],
    "Option A or B?": ["Option eh or B?"],
    "the 'A' team": ["the eh team."],
    "A rider will come": ["A rider will come."],
    "THIS IS A TEST": ["THIS IS A TEST."],
    "AI": ["eh I."],
    "Dr. A. P. J. Kalam": ["Doctor eh P J Kalam."],
    "Mr. A. met her.": ["Mister eh met her."],
    "We ship to the U.S.": ["We ship to the U S."],
    "Wait... what?!": ["Wait.", "what?"],
    'He said "go" — now!!': ["He said go, now!"],
    "Hello 😀 *laughs* there": ["Hello there."],
    "No. 5 is ready": ["number five is ready."],
    "yes ,": ["yes."],
    "don't stop": ["don't stop."],
    f"{authored('laugh')} Hello {authored('sigh')} there": ["Hello, there."],
}
HINDI = {
    "नमस्ते। आप कैसे हैं?": ["नमस्ते.", "आप कैसे हैं?"],
    "विकल्प A चुनें।": ["विकल्प A चुनें."],
    "३.५ किलो": ["तीन दशमलव पाँच किलो."],
    "॥ श्री ॥": ["श्री."],
    "हाँ…": ["हाँ."],
    "।": [],
    f"जी {authored('breath')} हाँ": ["जी, हाँ."],
}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_as_it_is_said(text: str) -> None:
    assert pieces(text, "en") == ENGLISH[text]


@pytest.mark.parametrize("text", HINDI)
def test_hindi_as_it_is_said(text: str) -> None:
    assert pieces(text, "hi") == HINDI[text]


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("3.5 and 1,234", "en", "3 point 5 and 1234."),
        ("3.5", "hi", "3 दशमलव 5."),
        ("one, , two ;; three", "en", "one, two; three."),
    ],
)
def test_what_nobody_prepared_is_guarded_all_the_same(text: str, language: str, said: str) -> None:
    assert guarded(text, language) == said


def test_what_is_cut_goes_on_and_what_is_not_ends() -> None:
    text = "We will bring your order to the door, as soon as the rider is there, and call you before that."
    assert pieces(text, "en", 60) == [
        "We will bring your order to the door,",
        "as soon as the rider is there, and call you before that.",
    ]
    assert [piece[-1] for piece in pieces("word " * 60, "en", 100)] == [",", ",", "."]


@given(st.text(alphabet=string.printable + "।॥…—“”₹अआकखगाि्ं😀", max_size=80), st.sampled_from(["en", "hi"]))
def test_each_piece_has_something_to_say_and_one_mark_at_a_time(text: str, language: str) -> None:
    for piece in pieces(text, language):
        assert any(map(str.isalnum, piece))
        assert piece[-1] in ".?!,"
        assert not any(mark in piece for mark in ("..", ",,", "?!", '"', "।", "  "))


def test_phonemes_are_parted_behind_marks_or_between_words() -> None:
    said = "həlˈO, " * 100
    parts = parted(said, 100)
    assert all(len(part) <= 100 for part in parts)
    assert all(part.endswith(",") for part in parts)
    assert " ".join(parts) == said.strip()
    assert parted("ab cd ef gh", 6) == ["ab cd", "ef gh"]
    assert [len(part) for part in parted("a" * 1200)] == [MOST_PHONEMES, MOST_PHONEMES, 180]
    assert parted("") == []


def test_only_known_phonemes_are_spoken_and_marks_alone_are_not() -> None:
    assert pronounceable("həlˈO日.", "həlˈO.") == "həlˈO."
    assert pronounceable("ˈ . ,", "ˈ .,h") == ""
    assert pronounceable("日本", "həlˈO.") == ""
