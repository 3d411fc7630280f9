"""No peak over the ceiling, nothing touched that is below it, and nothing lost."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from media.audio.limiter import ATTACK, CEILING_DBFS, DELAY, HOLD, Limiter
from media.audio.samples import Samples

CEILING = 10 ** (CEILING_DBFS / 20)


def limited(samples: Samples, chunk: int = 480) -> Samples:
    limiter = Limiter()
    pieces = [limiter.feed(samples[at : at + chunk]) for at in range(0, len(samples), chunk)]
    return np.concatenate([*pieces, limiter.finish()])


def noise(peak: float, count: int = 8000) -> Samples:
    raw = np.convolve(np.random.default_rng(2).normal(size=count), np.hanning(9), mode="same")
    scaled: Samples = (raw / np.max(np.abs(raw)) * peak).astype(np.float32)
    return scaled


def test_what_stays_below_the_ceiling_is_left_as_it_is() -> None:
    quiet = noise(0.9 * CEILING)
    assert np.array_equal(limited(quiet), quiet)


@pytest.mark.parametrize("peak", [1.0, 2.0, 8.0])
def test_no_sample_passes_the_ceiling_and_hardly_a_wave_between_them(peak: float) -> None:
    heard = limited(noise(peak))
    assert len(heard) == 8000
    assert np.max(np.abs(heard)) <= CEILING * 1.0001
    between = soxr.resample(heard, 8000, 64_000, quality="VHQ")
    assert 20 * np.log10(np.max(np.abs(between))) < CEILING_DBFS + 0.4


def test_a_peak_between_two_samples_is_seen() -> None:
    """A quarter of the rate, sampled at 45 degrees: samples at 0.71 of a wave that reaches 1."""
    wave = np.sin(np.pi / 2 * np.arange(4000) + np.pi / 4).astype(np.float32)
    assert np.max(np.abs(limited(wave)[200:-200])) == pytest.approx(CEILING * np.sin(np.pi / 4), abs=0.02)


def test_one_peak_costs_only_its_surroundings_and_nothing_jumps() -> None:
    audio = (0.3 * np.sin(2 * np.pi * 500 * np.arange(4000) / 8000)).astype(np.float32)
    audio[2000:2004] *= 6
    heard = limited(audio)
    touched = np.flatnonzero(heard != audio)
    assert touched[0] >= 2000 - 2 * ATTACK
    assert touched[-1] <= 2004 + ATTACK + HOLD + 8
    gain = heard[np.abs(audio) > 0.05] / audio[np.abs(audio) > 0.05]
    assert np.max(np.abs(np.diff(gain))) < 0.1


@pytest.mark.parametrize("chunk", [1, 7, DELAY, 160, 661])
def test_chunks_make_no_difference(chunk: int) -> None:
    loud = noise(3.0, 1000)
    assert np.max(np.abs(limited(loud, chunk) - limited(loud, 1000))) < 1e-6


def test_it_holds_back_no_more_than_it_says() -> None:
    limiter = Limiter()
    assert len(limiter.feed(noise(1.0, 500))) == 500 - DELAY
    assert DELAY / 8 < 5
    assert len(limiter.finish()) == DELAY
    assert len(Limiter().finish()) == 0
