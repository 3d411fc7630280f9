"""The log-mel spectrogram that smart-turn was trained on: Whisper's, of 8 s at 16 kHz. Pure.

The audio is brought to mean 0 and variance 1, framed by periodic Hann windows of 25 ms every 10 ms (reflected at both
ends), and its power gathered in 80 triangles of equal area on Slaney's mel scale: linear below 1 kHz (200/3 Hz a mel),
logarithmic above (27 mels to a factor of 6.4). Levels are kept within 80 dB of the loudest, and shifted to about ±1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 16_000
SECONDS = 8
SAMPLES = RATE * SECONDS
MELS, FRAMES = 80, SECONDS * 100

_WINDOW, _HOP = 400, 160
_LEAST_POWER = 1e-10
_LEAST_VARIANCE = 1e-7
_RANGE = 8.0
"""Decades of power that are kept below the loudest."""
_KNEE_HZ, _KNEE_MEL, _HZ_PER_MEL = 1000.0, 15.0, 200 / 3
_MELS_PER_LOG = 27 / np.log(6.4)

Floats = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.float64]


def log_mel(samples: Floats) -> Floats:
    """[80, 800] of the last 8 s of 16 kHz audio; what is missing to 8 s is silence before it."""
    kept = samples[-SAMPLES:]
    whole = np.concatenate((np.zeros(SAMPLES - len(kept), np.float32), kept))
    level = (whole - whole.mean()) / np.sqrt(whole.var() + _LEAST_VARIANCE)
    decades = np.log10(np.maximum(_TRIANGLES @ _power(level), _LEAST_POWER))
    return np.asarray((np.maximum(decades, decades.max() - _RANGE) + 4) / 4, np.float32)


def _power(samples: Floats) -> _Doubles:
    """[201, 800]: the power of each frequency in each frame."""
    padded = np.pad(samples.astype(np.float64), _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: FRAMES * _HOP : _HOP]
    spectrum = np.fft.rfft(frames * _HANN)
    return (spectrum.real**2 + spectrum.imag**2).T


def _mel(hertz: float) -> float:
    return hertz / _HZ_PER_MEL if hertz < _KNEE_HZ else _KNEE_MEL + _MELS_PER_LOG * np.log(hertz / _KNEE_HZ)


def _hertz(mels: _Doubles) -> _Doubles:
    above = _KNEE_HZ * np.exp((np.maximum(mels, _KNEE_MEL) - _KNEE_MEL) / _MELS_PER_LOG)
    return np.where(mels < _KNEE_MEL, mels * _HZ_PER_MEL, above)


def _triangles() -> _Doubles:
    """[80, 201]: what each band takes of each frequency."""
    corners = _hertz(np.linspace(0.0, _mel(RATE / 2), MELS + 2))
    hertz = np.linspace(0, RATE / 2, _WINDOW // 2 + 1)
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    sides = np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle))
    return np.maximum(sides, 0.0) * 2 / (high - low)


_HANN: _Doubles = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
_TRIANGLES = _triangles()
