"""How loud audio is to a listener: ITU-R BS.1770-4 (K-weighting, gated blocks), as EBU R 128 uses it. Pure.

In LUFS; for one channel. A 997 Hz sine whose peak is full scale is at -3.01.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from media.audio.samples import Samples

SILENT_LUFS = -70.0
"""The absolute gate: what is below it is silence, and is said to be at it."""
BLOCK_S, STEP_S = 0.4, 0.1
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""BS.1770-4, tables 1 and 2: at 48 kHz. Their response over frequency is used at every rate, so that a tone is as loud
at 8 kHz as it is at 48."""
_TABLE_RATE = 48_000
_FFT = 8192
"""Transforms are of so many samples, or some times as many: their lengths have small factors, and few differ."""


def loudness(samples: Samples, rate: int) -> float:
    """Integrated loudness. Audio shorter than a block (400 ms) is one block: as loud as it is while it lasts."""
    if not len(samples):
        return SILENT_LUFS
    power = _block_powers(_weighted(samples, rate), rate)
    power = power[_lufs(power) > SILENT_LUFS]
    if not len(power):
        return SILENT_LUFS
    gate = _lufs(np.mean(power)) + _RELATIVE_GATE
    return float(_lufs(np.mean(power[_lufs(power) > gate])))


def _weighted(samples: Samples, rate: int) -> NDArray[np.float64]:
    size = -(-(len(samples) + rate // 10) // _FFT) * _FFT
    weighted: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(samples, size) * _weight(size, rate), size)[: len(samples)]
    return weighted


@lru_cache(maxsize=32)
def _weight(size: int, rate: int) -> NDArray[np.float32]:
    """The two filters' gain at each frequency of a transform."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size, 1 / rate) / _TABLE_RATE)
    weight: NDArray[np.float32] = np.abs(_response(_SHELF, z) * _response(_HIGH_PASS, z)).astype(np.float32)
    return weight


def _response(
    section: tuple[tuple[float, float, float], tuple[float, float, float]], z: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    above, below = section
    numerator: NDArray[np.complex128] = above[0] + above[1] * z + above[2] * z * z
    return numerator / (below[0] + below[1] * z + below[2] * z * z)


def _block_powers(weighted: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    block, step = min(round(BLOCK_S * rate), len(weighted)), round(STEP_S * rate)
    sums = np.concatenate(([0.0], np.cumsum(weighted * weighted)))
    starts = np.arange(0, len(weighted) - block + 1, step)
    powers: NDArray[np.float64] = (sums[starts + block] - sums[starts]) / block
    return powers


def _lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    levels: NDArray[np.float64] = _OFFSET + 10 * np.log10(np.maximum(power, math.ulp(0.0)))
    return levels
