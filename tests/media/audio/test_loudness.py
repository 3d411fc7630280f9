"""Loudness against the signals of EBU Tech 3341 and ITU-R BS.1770-4, for one channel."""

from __future__ import annotations

import numpy as np
import pytest

from media.audio.loudness import SILENT_LUFS, loudness
from media.audio.samples import Samples

RATES = (8000, 16_000, 22_050, 48_000)


def sine(peak_dbfs: float, seconds: float, rate: int, hertz: float = 997.0) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return (10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level", [-36.0, -23.0, -3.01])
def test_a_sine_is_as_loud_as_its_level(rate: int, level: float) -> None:
    """997 Hz; a sine whose peak is full scale is at -3.01 LUFS."""
    assert loudness(sine(level + 3.01, 5, rate), rate) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 48_000])
def test_tones_at_the_gates(rate: int) -> None:
    """Tech 3341, signals 3 to 5, which two channels hold 3 dB higher: quiet parts don't count, nor does silence."""
    loud, quiet, lost = (sine(level + 3.01, 10, rate) for level in (-23.0, -36.0, -72.0))
    assert loudness(np.concatenate((quiet, loud, loud, loud, quiet)), rate) == pytest.approx(-23.0, abs=0.1)
    assert loudness(np.concatenate((lost, quiet, loud, loud, loud, quiet, lost)), rate) == pytest.approx(-23, abs=0.1)


def filtered(samples: Samples, above: tuple[float, ...], below: tuple[float, ...]) -> list[float]:
    """A biquad as BS.1770-4 draws it: the slow way."""
    heard, state = [], [0.0, 0.0]
    for sample in map(float, samples):
        now = sample - below[1] * state[0] - below[2] * state[1]
        heard.append(above[0] * now + above[1] * state[0] + above[2] * state[1])
        state = [now, state[0]]
    return heard


@pytest.mark.parametrize("hertz", [60.0, 100.0, 500.0, 2000.0, 3300.0])
def test_the_weighting_is_that_of_the_recommendations_filters_at_the_telephones_rate_too(hertz: float) -> None:
    """The filters of tables 1 and 2, run sample by sample at 48 kHz."""
    audio = sine(-20, 0.5, 48_000, hertz)
    shelf = filtered(
        audio, (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
    )
    weighted = filtered(np.array(shelf), (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))[4800:]
    expected = -0.691 + 10 * np.log10(np.mean(np.square(weighted)))
    assert loudness(sine(-20, 3, 8000, hertz), 8000) == pytest.approx(expected, abs=0.05)


def test_noise_in_the_telephones_band_is_as_loud_at_either_rate() -> None:
    bins = np.random.default_rng(5).normal(size=(2, 24_000))
    spectrum = np.zeros(120_001, dtype=complex)
    spectrum[1500:17_000] = (bins[0] + 1j * bins[1])[:15_500]
    fine = np.fft.irfft(spectrum, 240_000)
    fine = (fine / np.max(np.abs(fine))).astype(np.float32)
    assert loudness(fine[::6], 8000) == pytest.approx(loudness(fine, 48_000), abs=0.05)


def test_what_is_shorter_than_a_block_is_one_block() -> None:
    assert loudness(sine(-20, 0.15, 8000), 8000) == pytest.approx(-23.0, abs=0.5)


def test_silence_and_nothing_are_at_the_gate() -> None:
    assert loudness(np.zeros(8000, dtype=np.float32), 8000) == SILENT_LUFS
    assert loudness(np.zeros(0, dtype=np.float32), 8000) == SILENT_LUFS
