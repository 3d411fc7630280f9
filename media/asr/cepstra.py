"""The features that the acoustic model knows, from telephone audio of 8 kHz. Pure.

The model's cepstra come from audio of 16 kHz: 25 mel filters up to 6.8 kHz, of which the telephone carries 19. The
cepstra are estimated from those 19 by what the model itself says of cepstra (their mean and covariance in its
Gaussians): the likeliest whole spectrum that the lower part can belong to. Nothing here is fitted to recordings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from media.asr.sound import Samples
from media.asr.sphinx_model import CEPSTRA, FILTERS, HIGHEST_HZ, LIFTER, LOWEST_HZ, AcousticModel, Floats
from media.audio.pcm import TELEPHONE_RATE

_CARRIED = 19
"""Filters that end below 4.2 kHz: what a telephone carries of the last is little, but tells of what is above."""
_UNSEEN = 0.3
"""Variance (nats squared) of a filter's log energy that 13 cepstra do not tell."""
_SHIFT, _WINDOW, _POINTS = 80, 205, 256
_STEP_HZ = TELEPHONE_RATE / _POINTS
_EMPHASIS = 0.97
_FLOOR_DB = -50.0
"""Noise that is added, against the energy of the loud: digital silence is like nothing that the model was shown."""
_TINY = 1e-4
_QUIET_SHARE, _NOISE_OVER_QUIET = 10, 1.3
"""The noise of a line is what its quietest tenth has, and a little more."""
_NOISY_DB, _LEFT = -30.0, 0.3
"""Noise above this, against the loud, is taken away; a filter keeps at least this share of the noise."""

Doubles = NDArray[np.float64]


class Cepstra:
    """Features of telephone audio for one model."""

    def __init__(self, model: AcousticModel) -> None:
        self._filters = _filters()
        _, covariance = model.spread_of_cepstra()
        self._estimate = _estimate(covariance.astype(np.float64))

    def features(self, samples: Samples) -> Floats:
        """39 numbers for each 10 ms of 8 kHz audio; none for less than a window. The mean over all is taken away."""
        count = (len(samples) - _WINDOW) // _SHIFT + 1
        if count < 1:
            return np.zeros((0, 3 * CEPSTRA), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), _WINDOW)[::_SHIFT][:count]
        power = np.abs(np.fft.rfft(windows * np.hamming(_WINDOW), _POINTS)) ** 2
        logs = np.log(_denoised(power @ self._filters))
        return _with_change((logs - logs.mean(axis=0)) @ self._estimate)


def _denoised(energy: Doubles) -> Doubles:
    """Energies of the filters without the line's steady noise, and above a floor."""
    loud = np.percentile(energy.sum(axis=1), 95)
    noise = np.percentile(energy, _QUIET_SHARE, axis=0) * _NOISE_OVER_QUIET
    if noise.sum() > loud * 10 ** (_NOISY_DB / 10):
        energy = np.maximum(energy - noise, _LEFT * noise)
    audible: Doubles = energy + loud / FILTERS * 10 ** (_FLOOR_DB / 10) + _TINY
    return audible


def _filters() -> Doubles:
    """Weights of each frequency in the filters that are carried, with the model's emphasis of high ones."""
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    mels = np.linspace(lowest, highest, FILTERS + 2)
    edges = np.round(700 * (10 ** (mels / 2595) - 1) / _STEP_HZ) * _STEP_HZ
    at = np.arange(_POINTS // 2 + 1) * _STEP_HZ
    low, middle, high = (edges[start : start + _CARRIED, None] for start in range(3))
    shape = np.maximum(0, np.minimum((at - low) / (middle - low), (high - at) / (high - middle))) * 2 / (high - low)
    emphasis = np.abs(1 - _EMPHASIS * np.exp(-2j * np.pi * at / (2 * TELEPHONE_RATE))) ** 2
    weights: Doubles = (shape * emphasis).T
    return weights


def _estimate(covariance: Doubles) -> Doubles:
    """From the logs of the carried filters to cepstra: the linear estimate of least error."""
    order = np.arange(CEPSTRA)
    cosines = np.cos(np.pi * order[:, None] * (np.arange(FILTERS) + 0.5) / FILTERS) * np.sqrt(2 / FILTERS)
    cosines[0] = np.sqrt(1 / FILTERS)
    spectrum = (cosines.T / (1 + LIFTER / 2 * np.sin(order * np.pi / LIFTER)))[:_CARRIED]
    seen = spectrum @ covariance @ spectrum.T + _UNSEEN * np.eye(_CARRIED)
    return np.linalg.solve(seen, spectrum @ covariance)


def _with_change(cepstra: Doubles) -> Floats:
    """The cepstra, their change over 40 ms, and its change over 20 ms (Sphinx's 1s_c_d_dd)."""
    count = len(cepstra)
    wide = np.pad(cepstra, ((3, 3), (0, 0)), "edge")
    change = wide[5 : 5 + count] - wide[1 : 1 + count]
    second = (wide[6 : 6 + count] - wide[2 : 2 + count]) - (wide[4 : 4 + count] - wide[:count])
    return np.concatenate([cepstra, change, second], axis=1).astype(np.float32)
