"""Answers of transcription servers as they really differ: OpenAI and Groq, vLLM old and new, whisper.cpp, Voxtral."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.asr.transcript import Transcript, transcript_of
from media.errors import EngineError


def segment(text: str, **figures: object) -> dict[str, object]:
    return {"id": 0, "start": 0.0, "end": 1.0, "text": text} | figures


def test_json_tells_the_text_alone() -> None:
    assert transcript_of("ear", {"text": " Track my\n order. "}) == Transcript("Track my order.")
    assert transcript_of("ear", {"text": "", "usage": {"type": "duration", "seconds": 2}}) == Transcript("")


def test_verbose_json_tells_how_sure_it_is_and_which_language() -> None:
    answer = {
        "task": "transcribe",
        "language": "Hindi",
        "text": " मेरा ऑर्डर",
        "segments": [
            segment(" मेरा", avg_logprob=-0.2, no_speech_prob=0.1, compression_ratio=0.9),
            segment(" ऑर्डर", avg_logprob=-0.2, no_speech_prob=0.1, compression_ratio=0.9),
        ],
    }
    heard = transcript_of("ear", answer)
    assert (heard.text, heard.language) == ("मेरा ऑर्डर", "hi")
    assert heard.confidence == pytest.approx(math.exp(-0.2) * 0.9)


def test_segments_that_were_invented_are_left_out() -> None:
    answer = {
        "text": "Cancel it. Thanks for watching!",
        "segments": [
            segment("Cancel it.", avg_logprob=-0.3, no_speech_prob=0.02),
            segment(" Thanks for watching!", avg_logprob=-1.3, no_speech_prob=0.8),
        ],
    }
    heard = transcript_of("ear", answer)
    assert heard.text == "Cancel it."
    assert heard.confidence == pytest.approx(math.exp(-0.3) * 0.98)
    answer["segments"] = [segment("Thanks for watching!", avg_logprob=-1.3, no_speech_prob=0.8)]
    assert transcript_of("ear", answer) == Transcript("")


def test_figures_that_are_none_tell_nothing() -> None:
    placeholders = segment("hello", avg_logprob=-1.0, compression_ratio=-1.0, no_speech_prob=-1.0)
    assert transcript_of("ear", {"text": "hello", "segments": [placeholders]}) == Transcript("hello")
    absent = segment("hello", avg_logprob=None, no_speech_prob=None)
    assert transcript_of("ear", {"text": "hello", "segments": [absent]}) == Transcript("hello")
    whisper_cpp = segment("hello", avg_logprob=-0.5)
    assert transcript_of("ear", {"text": "hello", "segments": [whisper_cpp]}).confidence == pytest.approx(
        0.6065, abs=1e-3
    )


@pytest.mark.parametrize(
    ("told", "language"), [("english", "en"), ("en-IN", "en"), ("mr", "mr"), ("klingonese", ""), (None, ""), (7, "")]
)
def test_languages_are_told_in_many_ways(told: object, language: str) -> None:
    assert transcript_of("ear", {"text": "x", "language": told}).language == language


@pytest.mark.parametrize("answer", [{}, {"text": None}, {"error": {"message": "no"}}])
def test_an_answer_without_a_text_is_refused(answer: dict[str, object]) -> None:
    with pytest.raises(EngineError, match="ear: expected a text"):
        transcript_of("ear", answer)


_KEYS = ("text", "segments", "language", "avg_logprob", "no_speech_prob", "compression_ratio")
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_whatever_json_comes_is_read_or_refused(answer: dict[str, object]) -> None:
    try:
        heard = transcript_of("ear", answer)
    except EngineError:
        return
    assert heard.confidence is None or 0 <= heard.confidence <= 1
