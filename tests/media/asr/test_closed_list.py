"""What needs no speech; speech is in test_pocketsphinx.py, people in bench/asr_closed_list.py."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from media.asr.closed_list import ClosedLists, Heard, as_samples
from tests.media.asr.voice import voiced

VOICE = as_samples(b"".join(voiced(800)))


@pytest.fixture(scope="module")
def lists() -> ClosedLists:
    return ClosedLists()


def test_a_voice_fits_some_phrase_best_but_how_well_is_told(lists: ClosedLists) -> None:
    heard = lists.hear(VOICE, ("yes", "no"))
    assert heard.phrase in ("yes", "no")
    assert heard.evidence is not None
    assert heard.evidence.sounds < 0
    assert 0 <= heard.evidence.cover <= 1


@pytest.mark.parametrize("milliseconds", [0, 20, 100, 7000])
def test_what_is_too_short_or_too_long_for_a_phrase_is_none(lists: ClosedLists, milliseconds: int) -> None:
    voice = as_samples(b"".join(voiced(8000)))[: 8 * milliseconds]
    assert lists.hear(voice, ("yes", "no")) == Heard("")


def test_a_phrase_too_long_for_the_audio_is_not_heard(lists: ClosedLists) -> None:
    short = as_samples(b"".join(voiced(200)))
    assert lists.hear(short, ("this sentence has far more sounds than a fifth of a second",)) == Heard("")


def test_work_that_nobody_wants_ends_at_the_next_look(lists: ClosedLists) -> None:
    looks = 0

    def is_wanted() -> bool:
        nonlocal looks
        looks += 1
        return looks < 3

    assert lists.hear(as_samples(b"".join(voiced(4000))), ("yes", "no"), is_wanted) == Heard("")
    assert looks == 3


def test_phrases_that_are_no_english_are_left_out(lists: ClosedLists, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert lists.hear(VOICE, ("हाँ", "?!")) == Heard("")
        assert lists.hear(VOICE, ("हाँ", "Yes")).phrase == "Yes"
    assert any("not English" in record.getMessage() for record in caplog.records)


def test_the_only_phrase_of_a_list_is_weighed_too(lists: ClosedLists) -> None:
    assert lists.hear(VOICE, ("yes",)).evidence is not None


def test_of_more_than_ten_phrases_no_more_is_held_against_the_best(lists: ClosedLists) -> None:
    numbers = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "zero", "yes", "no")
    evidence = [lists.hear(VOICE, numbers[:count]).evidence for count in (2, 10, 12)]
    two, ten, twelve = (one.choices for one in evidence if one)
    assert two < ten == twelve


def test_lists_are_kept_and_those_kept_are_bounded(lists: ClosedLists) -> None:
    first = lists.learnt(("yes", "no"))
    assert lists.learnt(("yes", "no")) is first
    for number in range(70):
        lists.learnt((f"{number}", "no"))
    assert lists.learnt(("yes", "no")) is not first
    assert len(lists._lists) <= 64


def test_odd_bytes_are_no_sample() -> None:
    assert np.array_equal(as_samples(b"\1\0\2"), [1])
