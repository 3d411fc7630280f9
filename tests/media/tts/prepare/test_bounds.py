"""A text without end is read as far as anybody would listen."""

from __future__ import annotations

import pytest

from media.tts.prepare import bounded, prepared
from media.tts.protocol import Speech
from media.tts.voice import MOST_CHARACTERS, parts_of


def test_a_text_is_cut_between_words() -> None:
    assert bounded("one two three", 13) == "one two three"
    assert bounded("one two three", 12) == "one two"
    assert bounded("one two, three", 9) == "one two"
    assert bounded("onetwothree", 5) == "onetw", "a word without end is cut where it is"


@pytest.mark.parametrize("word", ["hello ", "नमस्ते ", "12 ", "x"])
def test_what_is_prepared_has_an_end_and_is_prepared_once(word: str) -> None:
    said = prepared(word * 100_000, "hi")
    assert 0 < len(said) <= 5000
    assert prepared(said, "hi") == said


def test_a_text_that_is_said_has_an_end() -> None:
    parts = parts_of(Speech("Hello there. " * 100_000, "en"))
    assert sum(len(part.text) + 1 for part in parts) == pytest.approx(MOST_CHARACTERS, abs=20)
    assert {part.text for part in parts[:-1]} == {"Hello there."}
