"""Loudness of 16-bit audio, in dB relative to full scale (dBFS, of the root mean square)."""

from __future__ import annotations

import audioop
import math

FULL_SCALE = 32768.0
QUIET_DBFS = -100.0
"""What digital silence is said to be."""


def rms(frame: bytes) -> int:
    """Root mean square of 16-bit samples, 0 to 32768."""
    value: int = audioop.rms(frame, 2)
    return value


def dbfs(frame: bytes) -> float:
    """Level of the frame, `QUIET_DBFS` to 0."""
    value = rms(frame)
    return 20 * math.log10(value / FULL_SCALE) if value else QUIET_DBFS


def rms_of(level_dbfs: float) -> int:
    """The root mean square that has this level: for comparing without a logarithm a frame."""
    return round(FULL_SCALE * math.pow(10, level_dbfs / 20))
