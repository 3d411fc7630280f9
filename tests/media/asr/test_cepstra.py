from __future__ import annotations

import numpy as np
import pytest

from media.asr.cepstra import Cepstra, _denoised
from media.asr.closed_list import as_samples
from media.asr.sphinx_model import model_folder, read_model
from tests.media.asr.voice import voiced


@pytest.fixture(scope="module")
def cepstra() -> Cepstra:
    return Cepstra(read_model(model_folder() / "en-us"))


@pytest.mark.parametrize(("samples", "steps"), [(0, 0), (204, 0), (205, 1), (284, 1), (285, 2), (8000, 98)])
def test_there_is_a_step_for_each_10_ms_that_has_a_whole_window(cepstra: Cepstra, samples: int, steps: int) -> None:
    features = cepstra.features(np.ones(samples, np.int16))
    assert features.shape == (steps, 39)
    assert np.isfinite(features).all()


def test_how_loud_a_caller_is_makes_no_difference(cepstra: Cepstra) -> None:
    voice = as_samples(b"".join(voiced(600)))
    apart = cepstra.features(voice) - cepstra.features((voice // 4).astype(np.int16))
    assert np.abs(apart).mean() < 0.3


def test_steady_noise_of_a_line_is_taken_away_and_speech_stays() -> None:
    energy = np.full((100, 19), 1e4)
    energy[40:80] += 1e6
    clear = _denoised(energy)
    assert clear[0, 0] < 0.5e4
    assert clear[50, 0] == pytest.approx(1e6, rel=0.05)


def test_what_a_quiet_line_has_beside_speech_is_left_alone() -> None:
    energy = np.full((100, 19), 10.0)
    energy[40:80] += 1e6
    assert np.allclose(_denoised(energy), energy, rtol=1e-4, atol=20)


def test_change_is_that_of_the_cepstra(cepstra: Cepstra) -> None:
    features = cepstra.features(as_samples(b"".join(voiced(600))))
    assert np.allclose(features[20, 13:26], features[22, :13] - features[18, :13], atol=1e-4)
    second = (features[23, :13] - features[19, :13]) - (features[21, :13] - features[17, :13])
    assert np.allclose(features[20, 26:], second, atol=1e-4)


def test_digital_silence_has_features_too(cepstra: Cepstra) -> None:
    assert np.isfinite(cepstra.features(np.zeros(800, np.int16))).all()
