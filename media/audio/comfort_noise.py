"""Comfort noise: what is heard while a peer that suppresses silence sends none (RFC 3389). Pure.

Its packets say how loud the noise is: one byte, 0 to 127, in -dBov, where 0 dBov is a square wave of full scale. What
may follow, the shape of its spectrum, is left out: the noise is white, as the RFC has it where nothing follows.
"""

from __future__ import annotations

import audioop

import numpy as np

from media.audio.levels import rms_of
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES

PAYLOAD_TYPE = 13
LOUDEST_DBOV = -30
"""A peer that asks for more is not believed: noise as loud as speech would drown it."""
_RMS = 1000
_KEPT = np.random.default_rng(3389).normal(0.0, 1.0, 50 * FRAME_SAMPLES)
_NOISE: bytes = np.rint(_KEPT * (_RMS / np.sqrt(np.mean(_KEPT**2)))).astype("<i2").tobytes()
_STRIDE = 2 * 2243
"""Bytes from one frame to the next: shares no factor with the noise, so a second goes by before any is heard again."""


def read_level(payload: bytes) -> int:
    """The noise level that a packet asks for, in dBov: 0 to -127. `payload` is one byte or more."""
    return -(payload[0] & 0x7F)


class ComfortNoise:
    """One stream's noise."""

    __slots__ = ("_at", "_factor", "_level")

    def __init__(self) -> None:
        self._at = 0
        self._level: int | None = None
        self._factor = 0.0

    def frame(self, level: int) -> bytes:
        """20 ms of noise of a level in dBov (0 to -127)."""
        if level != self._level:
            self._level = level
            self._factor = rms_of(min(level, LOUDEST_DBOV)) / _RMS
        self._at = (self._at + _STRIDE) % (len(_NOISE) - FRAME_BYTES)
        return audioop.mul(_NOISE[self._at : self._at + FRAME_BYTES], 2, self._factor)
