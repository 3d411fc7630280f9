"""Gains from loudness: at once where the voice is known, carefully where it is not, never pumping."""

from __future__ import annotations

import numpy as np
import pytest

from media.audio.level import LEARNT_S, MOST_GAIN_DB, SPEECH_LUFS, Leveller, gain_db
from media.audio.loudness import SILENT_LUFS, loudness
from media.audio.samples import Samples

RATE = 8000


def babble(seconds: float, lufs: float) -> Samples:
    """Noise that comes and goes like syllables, with a pause every second."""
    count = round(seconds * RATE)
    raw = np.convolve(np.random.default_rng(4).normal(size=count), [1, -0.6], mode="same")
    time = np.arange(count) / RATE
    raw *= np.abs(np.sin(2 * np.pi * 2 * time)) * (time % 1 < 0.8)
    return (raw * 10 ** ((lufs - loudness(raw.astype(np.float32), RATE)) / 20)).astype(np.float32)


def chunks(samples: Samples, size: int = 480) -> list[Samples]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]


def gains(heard: Samples, audio: Samples) -> Samples:
    audible = np.abs(audio) > 1e-4
    decibels: Samples = 20 * np.log10(heard[audible] / audio[audible])
    return decibels


def test_gains_are_bounded_and_silence_is_left_alone() -> None:
    assert gain_db(SPEECH_LUFS - 5) == 5
    assert gain_db(-69.0) == MOST_GAIN_DB
    assert gain_db(0.0) == SPEECH_LUFS
    assert gain_db(SILENT_LUFS) == 0


def test_a_known_voice_has_one_gain_from_beginning_to_end() -> None:
    level, audio = Leveller(-26.0), babble(3, -26.0)
    heard = np.concatenate([level.feed(chunk) for chunk in chunks(audio)])
    assert np.ptp(gains(heard, audio)) < 1e-3
    assert loudness(heard, RATE) == pytest.approx(SPEECH_LUFS, abs=0.1)


@pytest.mark.parametrize("lufs", [-32.0, -20.0, -11.0])
def test_an_unknown_voice_comes_to_its_level_without_pumping(lufs: float) -> None:
    level, audio = Leveller(None), babble(8, lufs)
    heard = np.concatenate([level.feed(chunk) for chunk in chunks(audio)])
    gain = gains(heard, audio)
    learnt = round(LEARNT_S * RATE)
    assert loudness(heard[learnt:], RATE) == pytest.approx(SPEECH_LUFS, abs=2.0)
    assert np.ptp(gain[-len(gain) // 3 :]) < 1e-3
    assert np.max(np.abs(np.diff(gain))) < 0.05
    towards = np.sign(SPEECH_LUFS - lufs)
    assert not towards or np.min(towards * np.diff(gain)) > -0.05


def test_pauses_do_not_make_an_unknown_voice_louder() -> None:
    level, speech = Leveller(None), babble(2, -20.0)
    for chunk in chunks(speech):
        level.feed(chunk)
    before = level.feed(np.full(480, 0.1, dtype=np.float32))[-1]
    for chunk in chunks(np.zeros(4 * RATE, dtype=np.float32)):
        level.feed(chunk)
    assert level.feed(np.full(480, 0.1, dtype=np.float32))[-1] == pytest.approx(before, rel=0.1)
