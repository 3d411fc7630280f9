"""The features, against numbers that the model's own extractor (pipecat-ai 1.14.0) gave for the same audio."""

from __future__ import annotations

import numpy as np
import pytest

from media.eot.log_mel import FRAMES, MELS, RATE, SAMPLES, Floats, log_mel

REFERENCE = {
    (0, 700): -0.14424172,
    (10, 660): 1.61114621,
    (20, 700): 0.28938997,
    (40, 750): 0.10682523,
    (60, 799): 0.44412905,
    (79, 720): -0.14424172,
    (5, 100): -0.14424172,
}


def sweep() -> Floats:
    """1.5 s from 200 Hz upwards, fading in, over a weak tone of 3500 Hz."""
    at = np.arange(RATE * 3 // 2) / RATE
    loud = 0.3 * np.sin(2 * np.pi * (200 + 900 * at) * at) * np.minimum(1, at * 4)
    return np.asarray(loud + 0.01 * np.sin(2 * np.pi * 3500 * at), np.float32)


def test_it_gives_what_the_model_was_trained_on() -> None:
    given = log_mel(sweep())
    assert given.shape == (MELS, FRAMES)
    for place, value in REFERENCE.items():
        assert given[place] == pytest.approx(value, abs=1e-5), place


def test_what_is_missing_is_silence_before_and_what_is_too_much_is_left_out_there() -> None:
    short = sweep()
    padded = np.concatenate((np.zeros(SAMPLES - len(short), np.float32), short))
    assert np.array_equal(log_mel(short), log_mel(padded))
    longer = np.concatenate((np.ones(RATE, np.float32), padded))
    assert np.array_equal(log_mel(longer), log_mel(padded))


def test_loudness_makes_no_difference() -> None:
    assert np.allclose(log_mel(sweep()), log_mel(sweep() * np.float32(0.5)), atol=2e-3)


def test_nothing_at_all_is_taken_as_silence() -> None:
    assert np.allclose(log_mel(np.zeros(0, np.float32)), -1.5)
