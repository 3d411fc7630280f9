"""A caller's turn made ready for a recogniser: cut to where something was said, and brought to 16 kHz."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from media.audio.pcm import TELEPHONE_RATE

_STEP = TELEPHONE_RATE // 100
"""Samples of 10 ms: the step of a recogniser's features."""
_BELOW_LOUDEST_DB = 35.0
_ABOVE_NOISE_DB, _LEAST_RANGE_DB = 10.0, 15.0
"""Speech is that far above the quietest tenth of a turn; but what is within so much of the loudest is speech."""
_FLOOR_DB = 20.0
"""Mean square of the quietest speech, dB over one step of 16-bit audio."""
_BEFORE, _AFTER = 10, 12
"""Steps kept around what was said."""
_RATE = 16_000

Samples = NDArray[np.int16]


def spoken_part(samples: Samples) -> tuple[Samples, int]:
    """The audio from the first to the last step that holds sound, and how many steps (10 ms) that is; 0 for silence."""
    count = len(samples) // _STEP
    if not count:
        return samples[:0], 0
    steps = samples[: count * _STEP].reshape(count, _STEP).astype(np.float64)
    energy = 10 * np.log10((steps**2).mean(axis=1) + 1)
    loudest = float(energy.max())
    noise = min(float(np.percentile(energy, 10)) + _ABOVE_NOISE_DB, loudest - _LEAST_RANGE_DB)
    active = np.flatnonzero(energy > max(loudest - _BELOW_LOUDEST_DB, noise, _FLOOR_DB))
    if not len(active):
        return samples[:0], 0
    start, end = max(0, int(active[0]) - _BEFORE), min(count, int(active[-1]) + _AFTER)
    return samples[start * _STEP : end * _STEP], int(active[-1] - active[0]) + 1


def at_16_khz(samples: Samples) -> bytes:
    """16-bit little-endian audio at the rate of the wheel's model, from 8 kHz."""
    resampled = soxr.resample(samples, TELEPHONE_RATE, _RATE)
    return np.asarray(resampled).astype("<i2").tobytes()
