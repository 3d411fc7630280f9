"""Audio as numbers to reckon with: full scale is 1.0, and may be passed on the way. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono audio; full scale is 1.0."""
FULL_SCALE = 32768.0


def from_pcm16(samples: bytes) -> Samples:
    """16-bit linear audio as numbers."""
    numbers: Samples = np.frombuffer(samples, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)
    return numbers


def to_pcm16(samples: Samples) -> bytes:
    """The numbers, rounded to 16 bits; what is beyond full scale is held there."""
    integers: NDArray[np.int16] = np.clip(np.rint(samples * FULL_SCALE), -32768, 32767).astype("<i2")
    return integers.tobytes()
