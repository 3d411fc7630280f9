"""A filter over a stream of samples, with its state. Pure."""

from __future__ import annotations

import numpy as np

from media.audio.samples import Samples


class Fir:
    """Gives a sample for each that comes, at once: its delay is that of its taps."""

    def __init__(self, taps: Samples) -> None:
        self._taps = taps
        self._before = np.zeros(len(taps) - 1, dtype=np.float32)

    def feed(self, samples: Samples) -> Samples:
        """The samples, filtered."""
        if not len(samples):
            return samples
        both = np.concatenate((self._before, samples))
        self._before = both[len(both) - len(self._before) :]
        return np.convolve(both, self._taps, mode="valid").astype(np.float32)
