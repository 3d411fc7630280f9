"""What is cut off a prompt's beginning, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio.lead import KEPT_MS, MOST_MS, LeadTrimmer
from tests.media.fakes import tone


def silence(milliseconds: int) -> bytes:
    return bytes(16 * milliseconds)


def trimmed(audio: bytes, chunk: int = 320) -> bytes:
    trimmer = LeadTrimmer()
    return b"".join(trimmer.feed(audio[at : at + chunk]) for at in range(0, len(audio), chunk)) + trimmer.finish()


@pytest.mark.parametrize("lead_ms", [20, 90, 140, MOST_MS])
def test_all_but_the_last_10_ms_of_the_lead_is_cut(lead_ms: int) -> None:
    assert trimmed(silence(lead_ms) + tone(100)) == silence(KEPT_MS) + tone(100)


def test_speech_that_begins_at_once_stays_as_it_is() -> None:
    audio = tone(100) + silence(300) + tone(100)
    assert trimmed(audio) == audio


def test_a_long_silence_is_meant_to_be() -> None:
    audio = silence(MOST_MS + 20) + tone(100)
    assert trimmed(audio) == audio


def test_what_is_silent_throughout_is_kept() -> None:
    assert trimmed(silence(60)) == silence(60)


def test_a_faint_hiss_is_silence() -> None:
    assert len(trimmed(tone(100, amplitude=40) + tone(100))) == 16 * (100 + KEPT_MS)


@given(
    lead=st.integers(0, 9000),
    chunks=st.lists(st.integers(1, 900), max_size=60),
)
def test_the_chunks_make_no_difference(lead: int, chunks: list[int]) -> None:
    audio = bytes(2 * lead) + tone(50)
    trimmer, at, given_out = LeadTrimmer(), 0, b""
    for count in chunks:
        given_out += trimmer.feed(audio[at : at + 2 * count])
        at += 2 * count
    given_out += trimmer.feed(audio[at:]) + trimmer.finish()
    assert audio.endswith(given_out)
    assert len(given_out) >= len(tone(50))
