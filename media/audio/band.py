"""The telephone's band: what a trunk cuts off anyway is taken out before it eats headroom. Pure.

Butterworth edges of third order at 300 and 3400 Hz (the band of ITU-T G.712), as a filter of minimum phase: its delay
is less than a millisecond over most of the band. Butterworth's bilinear poles are laid out at 8 kHz, where the nearness
of 4 kHz makes the upper edge steep.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from media.audio.fir import Fir
from media.audio.pcm import TELEPHONE_RATE
from media.audio.samples import Samples

LOW_HZ = 300.0
HIGH_HZ = 3400.0
ORDER = 3
_TAPS = 160
"""20 ms: the lower edge has rung out to less than -90 dB by then."""
_GRID = 2048


def band_filter() -> Fir:
    """A filter for one stream at 8 kHz."""
    return Fir(_taps())


@lru_cache(maxsize=1)
def _taps() -> Samples:
    """The filter's response to one sample, from its response over frequency."""
    z = np.exp(2j * np.pi * np.arange(_GRID // 2 + 1) / _GRID)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (z - 1) / (z + 1)
        response = _low_pass(s / _warped(HIGH_HZ)) * _low_pass(_warped(LOW_HZ) / s)
    response[[0, -1]] = 0
    return np.fft.irfft(response, _GRID)[:_TAPS].astype(np.float32)


def _low_pass(s: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Butterworth's, with its edge (-3 dB) at 1."""
    poles = np.exp(1j * np.pi * (2 * np.arange(1, ORDER + 1) + ORDER - 1) / (2 * ORDER))
    response: NDArray[np.complex128] = 1 / np.prod([s - pole for pole in poles], axis=0)
    return response


def _warped(hertz: float) -> float:
    return float(np.tan(np.pi * hertz / TELEPHONE_RATE))
