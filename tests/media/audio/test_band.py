"""The telephone's band: what it leaves, what it takes, and how late it is. Measured with sines."""

from __future__ import annotations

import numpy as np
import pytest

from media.audio.band import band_filter
from media.audio.pcm import TELEPHONE_RATE
from media.audio.samples import Samples


def sine(hertz: float, seconds: float = 1.0) -> Samples:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE).astype(np.float32)


def gain_db(hertz: float) -> float:
    """Of the steady state."""
    heard = band_filter().feed(sine(hertz))[4000:]
    return float(20 * np.log10(np.sqrt(np.mean(heard**2)) * np.sqrt(2)))


@pytest.mark.parametrize("hertz", [300.0, 3400.0])
def test_the_edges_are_3_db_down(hertz: float) -> None:
    assert gain_db(hertz) == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("hertz", [400.0, 500.0, 800.0, 1500.0, 2500.0, 3000.0, 3200.0])
def test_inside_it_is_flat(hertz: float) -> None:
    assert -1.0 < gain_db(hertz) < 0.1


@pytest.mark.parametrize(("hertz", "at_most_db"), [(50.0, -40), (100.0, -25), (3800.0, -25), (3900.0, -40)])
def test_outside_nothing_is_left_that_could_eat_headroom(hertz: float, at_most_db: float) -> None:
    assert gain_db(hertz) < at_most_db


def test_a_bias_is_taken_out() -> None:
    assert np.max(np.abs(band_filter().feed(np.ones(4000, dtype=np.float32))[400:])) < 1e-4


@pytest.mark.parametrize(("hertz", "most_ms"), [(300.0, 1.6), (500.0, 0.6), (1000.0, 0.3), (3000.0, 0.4)])
def test_it_delays_by_little(hertz: float, most_ms: float) -> None:
    """The delay of a tone burst's envelope."""
    time = np.arange(2000) / TELEPHONE_RATE
    burst = (np.exp(-(((time - 0.125) / 0.02) ** 2)) * np.cos(2 * np.pi * hertz * time)).astype(np.float32)
    heard = band_filter().feed(burst)
    delay_s = np.sum(time * heard**2) / np.sum(heard**2) - np.sum(time * burst**2) / np.sum(burst**2)
    assert -0.1 < delay_s * 1000 < most_ms


def test_chunks_make_no_difference() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 3000).astype(np.float32)
    stream = band_filter()
    chunked = np.concatenate([stream.feed(noise[at : at + 77]) for at in range(0, len(noise), 77)])
    assert np.max(np.abs(chunked - band_filter().feed(noise))) < 1e-6
    assert len(band_filter().feed(noise[:0])) == 0
