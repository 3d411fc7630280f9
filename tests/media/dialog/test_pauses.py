from __future__ import annotations

from pathlib import Path

import pytest

from media.dialog.pauses import with_pauses
from media.dialog.protocol import Rest, Tone, UtterancePart
from media.tts.joining import PHRASE_MS, SENTENCE_MS
from media.tts.protocol import Speech

NEXT = Speech("And then?", "en")


@pytest.mark.parametrize(
    ("before", "pause_ms"),
    [
        ("You have a new order.", SENTENCE_MS),
        ("नया ऑर्डर है।", SENTENCE_MS),
        ("Is it “ready?” ", SENTENCE_MS),
        ("first,", PHRASE_MS),
        ("order", 0),
        ("", 0),
    ],
)
def test_what_ends_a_sentence_or_a_phrase_is_followed_by_a_pause(before: str, pause_ms: int) -> None:
    expected: list[UtterancePart] = [Rest(pause_ms), NEXT] if pause_ms else [NEXT]
    assert list(with_pauses([NEXT], before)) == expected
    first = Speech(before, "en")
    assert list(with_pauses([first, NEXT])) == [first, *expected]


@pytest.mark.parametrize("between", [Rest(80), Tone(440, 100), Path("a.wav")])
def test_beside_what_is_no_text_none_is_put_in(between: UtterancePart) -> None:
    parts = [Speech("One.", "en"), between, NEXT]
    assert list(with_pauses(parts)) == parts


def test_nothing_comes_before_the_first() -> None:
    assert list(with_pauses([NEXT])) == [NEXT]
    assert list(with_pauses([], "One.")) == []
