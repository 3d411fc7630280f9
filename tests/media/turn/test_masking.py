from __future__ import annotations

import pytest

from media.audio.levels import rms_of
from media.turn.masking import MOST_HIDDEN_MS, Masking


def heard(voice_dbfs: float, noise_dbfs: float) -> Masking:
    masking = Masking()
    for _ in range(10):
        for frame in range(20):
            masking.frame(frame < 12, rms_of(voice_dbfs if frame < 12 else noise_dbfs))
    return masking


def test_nothing_is_hidden_where_it_is_quiet_or_nothing_was_said() -> None:
    assert heard(-20, -60).hidden_ms == 0
    assert Masking().hidden_ms == 0
    silent = Masking()
    silent.frame(False, 0)
    silent.frame(True, 1000)
    assert silent.hidden_ms == 0


def test_more_is_hidden_the_nearer_the_noise_comes_to_the_voice() -> None:
    assert heard(-20, -45).hidden_ms == pytest.approx(56, abs=4)
    assert heard(-20, -40).hidden_ms == pytest.approx(96, abs=4)
    assert heard(-20, -28).hidden_ms == MOST_HIDDEN_MS


def test_another_place_is_followed_within_a_few_words() -> None:
    masking = heard(-20, -60)
    for frame in range(60):
        masking.frame(frame % 3 > 0, rms_of(-20 if frame % 3 else -35))
    assert masking.hidden_ms > 60
