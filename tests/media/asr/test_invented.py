"""What tells an invented text from one that was said."""

from __future__ import annotations

import pytest

from media.asr.invented import Segment, credible, kept
from media.asr.likely import likely, tokens
from media.asr.protocol import Hint


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        (Segment("yes"), True),
        (Segment("yes", avg_logprob=-0.3, no_speech=0.01, compression=0.8), True),
        (Segment("yes", avg_logprob=-0.3, no_speech=0.9), True),
        (Segment("yes", avg_logprob=-1.4, no_speech=0.2), True),
        (Segment("Thank you.", avg_logprob=-1.4, no_speech=0.9), False),
        (Segment("no no no no no no no no", avg_logprob=-0.1, no_speech=0.0, compression=2.5), False),
    ],
)
def test_a_segment_is_left_out_when_the_engine_itself_doubts_it(segment: Segment, said: bool) -> None:
    assert kept([segment]) == ([segment] if said else [])


@pytest.mark.parametrize(
    ("text", "voiced_ms", "said"),
    [
        ("Thank you.", 60, False),
        ("धन्यवाद।", 0, False),
        ("thank you", 400, True),
        ("haan", 60, True),
        ("हाँ", 80, True),
        ("I would like to know where my order from last week has got to", 200, False),
        ("I would like to know where my order from last week has got to", 2500, True),
        ("मुझे अपने पिछले हफ़्ते के ऑर्डर के बारे में जानना है", 1800, True),
    ],
)
def test_a_text_needs_the_voice_to_say_it(text: str, voiced_ms: float, said: bool) -> None:
    assert credible(text, voiced_ms) is said


def test_words_come_before_phrases_once_each_and_within_bounds() -> None:
    hint = Hint("en", ("Track  my order", "paneer tikka", ""), words=("Sharma", "paneer tikka"))
    assert likely(hint, 10, 100) == ["Sharma", "paneer tikka", "Track my order"]
    assert likely(hint, 2, 100) == ["Sharma", "paneer tikka"]
    assert likely(hint, 10, tokens("Sharma") + tokens("paneer tikka") + 1) == ["Sharma", "paneer tikka"]
    assert likely(Hint("en"), 10, 100) == []
    assert tokens("हाँ") > len("हाँ")
