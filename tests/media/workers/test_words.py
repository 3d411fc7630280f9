from __future__ import annotations

import logging

import pytest

from media.workers.words import Words


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "media.workers.words")
    return caplog


def test_lines_are_told_as_they_become_whole(logged: pytest.LogCaptureFixture) -> None:
    words = Words("parler")
    words.feed(b"loading the mod", 1.0)
    assert not logged.messages
    words.feed(b"el\n\nread", 1.0)
    assert logged.messages == ["worker says: parler: loading the model"]
    assert words.latest == "loading the model"


def test_a_progress_bar_that_writes_over_itself_is_lines(logged: pytest.LogCaptureFixture) -> None:
    Words("parler").feed(b"10 %\r20 %\r\n", 1.0)
    assert logged.messages == ["worker says: parler: 10 %", "worker says: parler: 20 %"]


def test_a_flood_is_cut_for_the_rest_of_its_second(logged: pytest.LogCaptureFixture) -> None:
    words = Words("parler")
    words.feed(b"noise\n" * 1000, 1.5)
    words.feed(b"end of it\n", 1.9)
    assert len(logged.messages) == 50
    assert words.latest == "end of it"
    words.feed(b"calm\n", 2.0)
    assert logged.messages[-1] == "worker says: parler: calm"


def test_a_line_without_end_is_kept_short(logged: pytest.LogCaptureFixture) -> None:
    words = Words("parler")
    for _ in range(100):
        words.feed(b"x" * 10_000, 1.0)
    words.feed(b"\n", 1.0)
    assert len(words.latest) == 400
