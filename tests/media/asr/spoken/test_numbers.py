"""What is said for a number, per language, as recognisers write it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.model.base import Language
from ivr_flows.prompts import english
from ivr_flows.vocabulary import key_words
from media.asr.spoken.number_words import ENGLISH, MORE
from media.asr.spoken.numbers import digits, figures, number
from media.llm.spelling import sounded
from media.numerals import HINDI, MARATHI

NUMBERS = {
    "hi": {
        "दो": 2, "do": 2, "two": 2, "Two.": 2, "२": 2, "2": 2, "दोन": 2, "टू": 2, "chaar": 4, "चार": 4, "छः": 6,
        "chhe": 6,
        "ek": 1, "paanch": 5, "पांच": 5, "डेढ़ सौ": 150, "dedh sau": 150, "साढ़े तीन": "3.5", "साढ़े तीन सौ": 350,
        "sadhe teen sau": 350, "पौने दो": "1.75", "पौने दो सौ": 175, "सवा": "1.25", "सवा सौ": 125, "सवा दो": "2.25",
        "सवा दो सौ": 225, "ढाई": "2.5", "ढाई हज़ार": 2500, "dhai sau": 250, "पौने सौ": 75, "ek sau bees": 120,
        "एक सौ बीस": 120, "एक लाख बीस हज़ार तीन सौ पैंतालीस": 120_345, "do lakh": 200_000, "एक करोड़ पाँच लाख": 10_500_000,
        "डेढ़ लाख": 150_000, "बीस मिनट": 20, "20 मिनट": 20, "जी बीस मिनट लगेंगे": 20, "₹1,50,000": 150_000,
        "२५": 25, "2 लाख 50 हज़ार": 250_000, "पच्चीस": 25, "pachees": 25, "unnis": 19, "ट्वेंटी फाइव": 25,
        "निन्यानवे": 99, "दो पॉइंट पाँच": "2.5", "दो पाँच": 25, "शून्य": 0, "zero": 0, "सौ": 100, "सात सौ": 700,
    },
    "mr": {
        "दोन": 2, "don": 2, "two": 2, "२": 2, "दो": 2, "पाच": 5, "सहा": 6, "नऊ": 9, "दीड": "1.5", "दीडशे": 150,
        "दीड शे": 150, "अडीच": "2.5", "अडीचशे": 250, "अडीच हजार": 2500, "साडे तीन": "3.5", "साडेतीन": "3.5",
        "साडेतीनशे": 350, "साडे तीन शे": 350, "पावणे दोन": "1.75", "पावणेदोन": "1.75", "सव्वा": "1.25",
        "सव्वाशे": 125, "सव्वा दोन": "2.25", "दोनशे": 200, "donshe": 200, "दोनशे पन्नास": 250, "एकशे वीस": 120,
        "पाच हजार दोनशे": 5200, "एक लाख": 100_000, "दोन कोटी": 20_000_000, "वीस मिनिटं": 20, "vees": 20, "शंभर": 100,
        "पंचेचाळीस": 45, "नव्व्याण्णव": 99, "sadetin": "3.5",
    },
    "en": {
        "two": 2, "to": 2, "too": 2, "for": 4, "ate": 8, "won": 1, "do": 2, "don": 2, "chaar": 4, "char": 4,
        "twenty five": 25, "twenty-five minutes": 25, "one hundred and twenty": 120, "a hundred": 100,
        "one and a half": "1.5", "two and a half": "2.5", "half": "0.5", "two point five": "2.5", "2.5": "2.5",
        "one lakh twenty thousand": 120_000, "two crore": 20_000_000, "1,250": 1250, "it is forty": 40, "five zero": 50,
        "fifteen hundred": 1500, "Twenty.": 20, "2,00,000": 200_000, "three lakhs fifty": 300_050,
    },
}  # fmt: skip
NONE = {
    "hi": ["", "कर दो", "हाँ", "बीस तीस", "साढ़े", "दो दिन", "लाख करोड़", "और", "double"],
    "mr": ["", "घेतो", "दोन दिवस", "साडे", "वीस तीस"],
    "en": ["", "I want to", "twenty thirty", "two to three", "yes", "a", "and", "double ten", "one hour"],
}
DIGITS = {
    "en": {
        "nine eight seven six": "9876", "double five": "55", "nine double eight triple zero": "988000",
        "oh one two": "012", "0 1 2": "012", "98 76 54": "987654", "9876543210": "9876543210",
        "98765-43210": "9876543210",
        "nine eight seventy six": "9876", "one to three for": "1234", "twenty twenty": "2020", "007": "007",
        "ek do teen": "123", "order number four two": "", "it is": "", "double": "", "two point five": "",
    },
    "hi": {
        "नौ आठ सात छह": "9876", "नौ डबल आठ": "988", "nau aath saat": "987", "एक सौ बीस": "120", "ज़ीरो एक": "01",
        "दो दो तीन": "223", "९८ ७६": "9876", "डबल फाइव": "55", "zero nine": "09", "ट्रिपल ज़ीरो": "000",
    },
    "mr": {"नऊ आठ सात": "987", "शून्य एक दोन": "012", "डबल पाच": "55", "एकशे वीस": "120"},
}  # fmt: skip
RUNNING = {
    ("कर दो", "hi"): "कर दो",
    ("बीस मिनट में भेज दो", "hi"): "20 मिनट में भेज दो",
    ("एक सौ बीस रुपये दो", "hi"): "120 रुपये दो",
    ("send it to me at twenty two", "en"): "send it to me at 22",
    ("one hundred and twenty rupees and a cola", "en"): "120 rupees and a cola",
    ("मला दोनशे पन्नास रुपये पाहिजेत", "mr"): "मला 250 रुपये पाहिजेत",
    ("call nine eight double five now", "en"): "call 9855 now",
    ("no", "en"): "no",
    ("i want one", "en"): "i want one",
}


def cases(table: Mapping[str, Mapping[str, object]]) -> list[tuple[str, str, object]]:
    return [(language, text, value) for language, said in table.items() for text, value in said.items()]


@pytest.mark.parametrize(("language", "text", "value"), cases(NUMBERS))
def test_a_number_is_its_value(language: str, text: str, value: object) -> None:
    assert number(text, language) == Decimal(str(value))


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, said in NONE.items() for text in said])
def test_what_is_no_single_number_is_none(language: str, text: str) -> None:
    assert number(text, language) is None


@pytest.mark.parametrize(("language", "text", "row"), cases(DIGITS))
def test_digits_are_joined_in_their_order(language: str, text: str, row: str) -> None:
    assert digits(text, language) == row


@pytest.mark.parametrize(("said", "written"), RUNNING.items())
def test_running_text_gets_figures_but_where_a_word_may_be_no_number(said: tuple[str, str], written: str) -> None:
    assert figures(*said) == written


@pytest.mark.parametrize("language", ["hi", "mr", "en"])
def test_the_numbers_of_keys_that_flows_know_are_these(language: Language) -> None:
    for key in "0123456789":
        for word in key_words(key, language):
            assert number(word, language) == int(key), word


@pytest.mark.parametrize(("language", "words"), [("hi", HINDI), ("mr", MARATHI), ("en", ENGLISH.split())])
def test_no_two_values_sound_the_same(language: str, words: list[str]) -> None:
    sounds = {sounded(word): value for value, word in enumerate(words)}
    assert len(sounds) == len(words)
    others = {value: names.split() for value, names in MORE[language].items()}
    clash = [name for value, names in others.items() for name in names if sounds.get(sounded(name), value) != value]
    assert clash == []


@pytest.mark.parametrize(("language", "words"), [("hi", HINDI), ("mr", MARATHI)])
def test_every_word_below_a_hundred_is_read_alone_and_after_a_hundred(language: str, words: list[str]) -> None:
    hundred = {"hi": "दो सौ", "mr": "दोनशे"}[language]
    for value, word in enumerate(words):
        assert number(word, language) == value, word
        if value:
            assert number(f"{hundred} {word}", language) == 200 + value, word


@given(st.integers(0, 10**10), st.sampled_from(["en", "hi", "mr"]))
def test_figures_stay_what_they_are(value: int, language: str) -> None:
    assert number(str(value), language) == value
    assert digits(str(value), language) == str(value)


@given(st.integers(100_000, 10**9))
def test_what_flows_say_in_english_is_heard_as_the_same(value: int) -> None:
    assert number(english.number(value), "en") == value


@given(st.text(max_size=60), st.sampled_from(["en", "hi", "mr"]))
def test_any_text_is_taken(text: str, language: str) -> None:
    number(text, language)
    assert set(digits(text, language)) <= set("0123456789")
    figures(text, language)


@pytest.mark.parametrize(
    ("language", "word", "value"),
    [
        ("hi", "चवालीस", 44), ("hi", "पचानवे", 95), ("mr", "तेहेतीस", 33), ("mr", "एक्काहत्तर", 71),
        ("mr", "पंच्याहत्तर", 75), ("mr", "सत्याहत्तर", 77),
    ],
)  # fmt: skip
def test_other_usual_spellings_are_read_too(language: str, word: str, value: int) -> None:
    assert number(word, language) == value
