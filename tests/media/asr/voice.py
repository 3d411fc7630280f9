"""A sound that voice activity detectors take for a voice, made without a synthesiser."""

from __future__ import annotations

import numpy as np

from media.audio.pcm import FRAME_BYTES, FRAME_MS, TELEPHONE_RATE

SILENT = bytes(FRAME_BYTES)


def voiced(milliseconds: int) -> list[bytes]:
    """Frames of a buzz at 120 Hz with overtones as a vowel's, swelling five times a second as syllables do."""
    count = milliseconds // FRAME_MS * FRAME_MS * TELEPHONE_RATE // 1000
    at = np.arange(count) / TELEPHONE_RATE
    overtones = np.arange(1, 28) * 120.0
    weights = 1 / (1 + ((overtones - 600) / 250) ** 2) + 0.5 / (1 + ((overtones - 1200) / 250) ** 2)
    buzz = (np.sin(2 * np.pi * np.outer(at, overtones)) * weights).sum(axis=1)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 5 * at)
    samples = (buzz * swell / np.abs(buzz).max() * 9000).astype("<i2").tobytes()
    return [samples[start : start + FRAME_BYTES] for start in range(0, len(samples), FRAME_BYTES)]


def silent(milliseconds: int) -> list[bytes]:
    """Frames of digital silence."""
    return [SILENT] * (milliseconds // FRAME_MS)
