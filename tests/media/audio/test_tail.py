"""What is cut off a rendering's end, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio.tail import KEPT_MS, TailTrimmer
from tests.media.audio.test_lead import silence
from tests.media.fakes import tone


def trimmed(audio: bytes, chunk: int = 320) -> bytes:
    trimmer = TailTrimmer()
    return b"".join(trimmer.feed(audio[at : at + chunk]) for at in range(0, len(audio), chunk)) + trimmer.finish()


@pytest.mark.parametrize("tail_ms", [KEPT_MS + 1, 500, 3000])
def test_a_natural_pause_is_kept_of_a_tail(tail_ms: int) -> None:
    assert trimmed(tone(100) + silence(tail_ms)) == tone(100) + silence(KEPT_MS)


@pytest.mark.parametrize("tail_ms", [0, 10, KEPT_MS])
def test_a_short_tail_stays_as_it_is(tail_ms: int) -> None:
    assert trimmed(tone(100) + silence(tail_ms)) == tone(100) + silence(tail_ms)


def test_a_pause_in_the_middle_stays_however_long() -> None:
    audio = tone(100) + silence(2000) + tone(100)
    assert trimmed(audio) == audio


def test_speech_is_given_at_once() -> None:
    trimmer = TailTrimmer()
    assert trimmer.feed(tone(60)) == tone(60)
    assert trimmer.feed(silence(100)) == silence(100)
    assert len(trimmer.feed(silence(200))) < len(silence(100))


def test_what_is_silent_throughout_is_kept() -> None:
    assert trimmed(silence(900)) == silence(900)


def test_a_hiss_is_cut_too_and_goes_down_to_nothing() -> None:
    heard = np.frombuffer(trimmed(tone(100) + tone(900, amplitude=60, hertz=1000)), dtype="<i2")
    assert len(heard) == 8 * (100 + KEPT_MS)
    assert heard[-1] == 0
    assert np.max(np.abs(heard[-40:])) <= 60


@given(tail=st.integers(0, 4000), chunks=st.lists(st.integers(1, 900), max_size=60))
def test_the_chunks_make_hardly_a_difference(tail: int, chunks: list[int]) -> None:
    """The end of sound is found to a piece of 5 ms; no sample is changed or lost before it."""
    audio = tone(50) + bytes(1000) + tone(50) + bytes(2 * tail)
    trimmer, at, given_out = TailTrimmer(), 0, b""
    for count in chunks:
        given_out += trimmer.feed(audio[at : at + 2 * count])
        at += 2 * count
    given_out += trimmer.feed(audio[at:]) + trimmer.finish()
    assert audio.startswith(given_out)
    whole = 2 * (min(tail, KEPT_MS * 8) - 40)
    assert len(given_out) >= len(tone(50)) * 2 + 1000 + min(whole, 2 * tail)
