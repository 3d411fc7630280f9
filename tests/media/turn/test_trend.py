from __future__ import annotations

import pytest

from media.turn.trend import Trend


@pytest.mark.parametrize(
    ("levels", "rising"),
    [
        ([], False),
        ([3000] * 5, False),
        ([1000] * 20, False),
        ([1000] * 20 + [4000] * 4, True),
        ([4000] * 20 + [1000] * 4, False),
        ([800, 1200] * 10, False),
    ],
)
def test_a_voice_rises_when_its_last_100_ms_are_4_db_above_what_was_before(levels: list[int], rising: bool) -> None:
    trend = Trend()
    for level in levels:
        trend.voiced(level)
    assert trend.rising is rising


def test_a_new_sentence_starts_from_its_own_level() -> None:
    trend = Trend()
    for level in [100] * 20:
        trend.voiced(level)
    trend.forget()
    trend.voiced(5000)
    assert not trend.rising
