from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.tts.sentences import SentenceCutter, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you? Fine!", ["Hello there.", "How are you?", "Fine!"]),
        ("It costs 3.50 rupees. Is 1,250.75 right?", ["It costs 3.50 rupees.", "Is 1,250.75 right?"]),
        ("Dr. Rao and Mrs. A. P. Joshi came. Good.", ["Dr. Rao and Mrs. A. P. Joshi came.", "Good."]),
        ("Order No. 52 costs Rs. 250. No. It does not.", ["Order No. 52 costs Rs. 250.", "No.", "It does not."]),
        ("Come at 5 p.m. tomorrow. Or at 6 p.m. We wait.", ["Come at 5 p.m. tomorrow.", "Or at 6 p.m.", "We wait."]),
        ("See www.example.com/a?b now. Mail a.b@c.in!", ["See www.example.com/a?b now.", "Mail a.b@c.in!"]),
        ("Well... maybe. Well... Maybe", ["Well... maybe.", "Well...", "Maybe"]),
        ("What?! No!! (Really.) He said “yes.” Fine.", ["What?!", "No!!", "(Really.)", "He said “yes.”", "Fine."]),
        ("1. Pizza\n2. Burger", ["1. Pizza", "2. Burger"]),
        ("So do I. You too. The total is 250. Thanks", ["So do I.", "You too.", "The total is 250.", "Thanks"]),
        ("आपका ऑर्डर आया है। क्या आप लेंगे? हाँ", ["आपका ऑर्डर आया है।", "क्या आप लेंगे?", "हाँ"]),
        ("कुल रु. 250.50 हुए।धन्यवाद।", ["कुल रु. 250.50 हुए।", "धन्यवाद।"]),
        ("डॉ. शर्मा आए हैं। नं. 5 पर बैठें॥", ["डॉ. शर्मा आए हैं।", "नं. 5 पर बैठें॥"]),
        ("श्री. ल. पाटील आले. हो. ठीक आहे.", ["श्री. ल. पाटील आले.", "हो.", "ठीक आहे."]),
        ("श्री. पाटील, ऑर्डर क्र. 12 तयार आहे. धन्यवाद.", ["श्री. पाटील, ऑर्डर क्र. 12 तयार आहे.", "धन्यवाद."]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_sentence_is_given_as_soon_as_what_follows_tells_its_end() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("It is 3") == []
    assert cutter.feed(".") == []
    assert cutter.feed("5.") == []
    assert cutter.feed(" ") == ["It is 3.5."]
    assert cutter.feed("Mr.") == []
    assert cutter.feed(" Rao came at 5 p.m. ") == []
    assert cutter.feed("He") == ["Mr. Rao came at 5 p.m."]
    assert cutter.finish() == ["He"]
    assert cutter.finish() == []


def test_one_that_goes_on_is_cut_at_a_comma_or_between_words_or_anywhere() -> None:
    assert sentences("one two three, four five six seven eight", 20) == [
        "one two three,",
        "four five six seven",
        "eight",
    ]
    assert sentences("a" * 50, 20) == ["a" * 20, "a" * 20, "a" * 10]


@given(st.text(alphabet="aA1 .?!।,\n\"'डॉ", max_size=120), st.lists(st.integers(0, 120), max_size=10))
def test_nothing_is_lost_or_changed_however_the_text_comes(text: str, places: list[int]) -> None:
    edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    cutter = SentenceCutter(60)
    found = [sentence for start, end in pairwise(edges) for sentence in cutter.feed(text[start:end])]
    found += cutter.finish()
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence and len(sentence) <= 60 for sentence in found)


@given(st.text(alphabet="aA1 .?!।,\n\"'डॉ", max_size=100), st.integers(1, 7))
def test_the_cuts_do_not_depend_on_the_pieces(text: str, size: int) -> None:
    cutter = SentenceCutter()
    found = [sentence for start in range(0, len(text), size) for sentence in cutter.feed(text[start : start + size])]
    assert [*found, *cutter.finish()] == sentences(text)
