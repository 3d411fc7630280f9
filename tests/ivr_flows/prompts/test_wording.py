"""Values as people say them, and as the synthesiser reads them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ivr_flows.model.base import Language
from ivr_flows.model.values import Type, Value
from ivr_flows.prompts.wording import spoken

ESPEAK = shutil.which("espeak-ng")


@pytest.mark.parametrize(
    ("kind", "held", "hi", "mr", "en"),
    [
        ("rupees", "1250.50", "1250 रुपये 50 पैसे", "१२५० रुपये ५० पैसे", "1250 rupees and 50 paise"),
        ("rupees", "1", "1 रुपया", "१ रुपया", "1 rupee"),
        ("rupees", "0", "0 रुपये", "० रुपये", "0 rupees"),
        ("rupees", "0.50", "50 पैसे", "५० पैसे", "50 paise"),
        ("rupees", "125000", "125000 रुपये", "१२५००० रुपये", "1 lakh 25000 rupees"),
        ("integer", 23500000, "23500000", "२३५०००००", "2 crore 35 lakh"),
        ("minutes", 1, "1 मिनट", "१ मिनिट", "1 minute"),
        ("minutes", 20, "20 मिनट", "२० मिनिटे", "20 minutes"),
        ("minutes", 60, "1 घंटा", "१ तास", "1 hour"),
        ("minutes", 70, "1 घंटा 10 मिनट", "१ तास १० मिनिटे", "1 hour and 10 minutes"),
        ("minutes", 90, "डेढ़ घंटा", "दीड तास", "1 hour and 30 minutes"),
        ("minutes", 210, "साढ़े 3 घंटे", "साडे ३ तास", "3 hours and 30 minutes"),
        ("date", "2026-11-21", "21 नवंबर", "२१ नोव्हेंबर", "21 November"),
        ("date", "2026-08-01", "पहली अगस्त", "१ ऑगस्ट", "1 August"),
        ("kilometres", "4.50", "साढ़े 4 किलोमीटर", "साडे ४ किलोमीटर", "4 and a half kilometres"),
        ("kilometres", "1.50", "डेढ़ किलोमीटर", "दीड किलोमीटर", "1 and a half kilometres"),
        ("kilometres", "2.40", "ढाई किलोमीटर", "अडीच किलोमीटर", "2 and a half kilometres"),
        ("kilometres", "0.96", "1 किलोमीटर", "१ किलोमीटर", "1 kilometre"),
        ("kilometres", "0.80", "800 मीटर", "८०० मीटर", "800 metres"),
        ("kilometres", "0", "100 मीटर", "१०० मीटर", "100 metres"),
        ("order_number", "12345", "1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5"),
        ("order_number", "ab-12", "A B, 1 2", "A B, 1 2", "A B, 1 2"),
        ("phone", "+919812345678", "9 8 1 2 3, 4 5 6 7 8", "9 8 1 2 3, 4 5 6 7 8", "9 8 1 2 3, 4 5 6 7 8"),
        ("list", ["a", "b", "c"], "a, b और c", "a, b आणि c", "a, b and c"),
        ("list", ["a"], "a", "a", "a"),
        ("time", "18:30", "शाम साढ़े 6 बजे", "संध्याकाळी साडे ६ वाजता", "6 30 PM"),
        ("time", "13:30", "दोपहर डेढ़ बजे", "दुपारी दीड वाजता", "1 30 PM"),
        ("time", "09:45", "सुबह पौने 10 बजे", "सकाळी पावणे १० वाजता", "9 45 AM"),
        ("time", "00:15", "रात सवा 12 बजे", "रात्री सव्वा १२ वाजता", "12 15 AM"),
        ("time", "12:00", "दोपहर 12 बजे", "दुपारी १२ वाजता", "12 PM"),
        ("time", "07:05", "सुबह 7 बजकर 5 मिनट", "सकाळी ७ वाजून ५ मिनिटांनी", "7 05 AM"),
        ("text", "शर्मा", "शर्मा", "शर्मा", "शर्मा"),
    ],
)  # fmt: skip
def test_values_in_three_languages(kind: str, held: object, hi: str, mr: str, en: str) -> None:
    spec = Value(type=Type(kind))
    assert (spoken(held, spec, "hi"), spoken(held, spec, "mr"), spoken(held, spec, "en")) == (hi, mr, en)


def test_words_of_a_choice() -> None:
    spec = Value.model_validate({"type": "choice", "words": {"cash": {"hi": "नकद", "mr": "रोख", "en": "cash"}}})
    assert spoken("cash", spec, "mr") == "रोख"
    assert spoken(None, spec, "mr") == ""


@pytest.mark.skipif(ESPEAK is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(("language", "voice"), [("hi", "hi"), ("mr", "mr"), ("en", "en-us")])
@pytest.mark.parametrize(
    ("kind", "held"),
    [("rupees", "1250.50"), ("minutes", 25), ("kilometres", "4.5"), ("order_number", "12345"), ("time", "18:30")],
)
def test_the_synthesiser_stays_in_the_language(kind: str, held: object, language: Language, voice: str) -> None:
    text = spoken(held, Value(type=Type(kind)), language)
    command = [str(ESPEAK), "-v", voice, "-q", "-x", text]
    phonemes = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    assert phonemes.strip()
    assert "(en)" not in phonemes, f"{text!r} is read in another language: {phonemes}"


@pytest.mark.skipif(ESPEAK is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(
    ("language", "digits", "words"),
    [("hi", "250", "दो सौ पचास"), ("mr", "१२५०", "एक हजार दोनशे पन्नास")],
)
def test_digits_are_read_as_the_words_of_the_language(language: str, digits: str, words: str) -> None:
    def heard(text: str) -> str:
        command = [str(ESPEAK), "-v", language, "-q", "-x", text]
        read = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
        return read.translate(str.maketrans("", "", " ',\n"))

    assert heard(digits) == heard(words)
