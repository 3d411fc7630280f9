"""A limiter that looks ahead: peaks, also between samples, stay under a ceiling, and nothing is clipped. Pure."""

from __future__ import annotations

import numpy as np

from media.audio.pcm import TELEPHONE_RATE
from media.audio.samples import Samples

CEILING_DBFS = -3.0
ATTACK = TELEPHONE_RATE * 3 // 1000
"""Samples in which the gain comes down, and goes up again."""
HOLD = TELEPHONE_RATE * 15 // 1000
"""Samples for which it stays down: longer than a low voice's period, or it would follow the wave itself."""
_REACH = 8
"""Samples on either side from which a peak between two is worked out."""
DELAY = ATTACK + _REACH - 1
"""Samples that are held back: 3.9 ms."""
_CEILING = np.float32(10 ** (CEILING_DBFS / 20))
_MEAN = np.full(ATTACK, 1 / ATTACK, dtype=np.float32)


class Limiter:
    """For one stream at 8 kHz."""

    def __init__(self) -> None:
        self._before = np.zeros(2 * _REACH - 1, dtype=np.float32)
        self._rooms = np.ones(ATTACK + HOLD - 1, dtype=np.float32)
        """Gains that the last samples allow."""
        self._lowest = np.ones(ATTACK - 1, dtype=np.float32)
        self._waiting = np.zeros(0, dtype=np.float32)
        self._missing = DELAY

    def feed(self, samples: Samples) -> Samples:
        """What is ready after these."""
        if not len(samples):
            return samples
        self._waiting = np.concatenate((self._waiting, samples))
        gains = self._gains(samples)[self._missing :]
        self._missing = max(0, self._missing - len(samples))
        ready, self._waiting = self._waiting[: len(gains)], self._waiting[len(gains) :]
        return ready * gains

    def finish(self) -> Samples:
        """What was held back."""
        return self.feed(np.zeros(DELAY, dtype=np.float32))

    def _gains(self, samples: Samples) -> Samples:
        """For the samples of `DELAY` ago. No sample's is above what it allows: a mean of minima that all cover it."""
        allowed = _CEILING / np.maximum(self._peaks(samples), _CEILING)
        rooms: Samples = np.concatenate((self._rooms, allowed))
        self._rooms = rooms[len(samples) :]
        if rooms.min() >= 1.0 and self._lowest.min() >= 1.0:
            return np.ones(len(samples), dtype=np.float32)
        lowest = np.concatenate((self._lowest, _least(rooms, ATTACK + HOLD)))
        self._lowest = lowest[len(samples) :]
        gains: Samples = np.convolve(lowest, _MEAN, mode="valid")
        return gains

    def _peaks(self, samples: Samples) -> Samples:
        """The wave's height at the samples of `_REACH` ago, or half a sample after them."""
        both = np.concatenate((self._before, samples))
        self._before = both[len(samples) :]
        at = np.abs(both[_REACH - 1 : _REACH - 1 + len(samples)])
        peaks: Samples = np.maximum(at, np.abs(np.convolve(both, _HALFWAY, mode="valid")))
        return peaks


def _least(values: Samples, window: int) -> Samples:
    """The least of each `window` values in a row: windows of twice the length from two of half."""
    width = 1
    while width < window:
        shift = min(width, window - width)
        values = np.minimum(values[:-shift], values[shift:])
        width += shift
    return values


def _halfway() -> Samples:
    """Weights (a windowed sinc) of 16 samples that give the wave in their middle, between two samples."""
    distance = np.arange(2 * _REACH) - (_REACH - 0.5)
    weights = np.sinc(distance) * np.cos(np.pi * distance / (2 * _REACH + 1)) ** 2
    scaled: Samples = (weights / weights.sum()).astype(np.float32)
    return scaled


_HALFWAY = _halfway()
