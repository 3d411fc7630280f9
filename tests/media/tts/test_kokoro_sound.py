from __future__ import annotations

import numpy as np

from media.audio.samples import Samples
from media.tts.kokoro_sound import RATE_HZ, trimmed

SPEECH: Samples = np.float32(0.5) * np.sin(np.arange(RATE_HZ) / 20).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def test_silence_around_speech_is_cut_to_a_moment() -> None:
    heard = trimmed(np.concatenate((quiet(0.5), SPEECH, quiet(0.8))))
    assert 1.05 * RATE_HZ <= len(heard) <= 1.075 * RATE_HZ


def test_silence_within_speech_stays() -> None:
    said = np.concatenate((SPEECH, quiet(0.6), SPEECH))
    assert len(trimmed(said)) == len(said)


def test_hiss_is_silence_and_a_soft_ending_is_not() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.0005, RATE_HZ).astype(np.float32)
    assert len(trimmed(np.concatenate((hiss, SPEECH, hiss)))) < 1.1 * RATE_HZ
    assert len(trimmed(np.concatenate((SPEECH, SPEECH * np.float32(0.02))))) == 2 * RATE_HZ


def test_nothing_is_nothing() -> None:
    assert len(trimmed(quiet(0))) == 0
    assert len(trimmed(quiet(1))) == 0
    assert len(trimmed(SPEECH[:50])) == 50
