"""Beginnings and ends without a click. Pure."""

from __future__ import annotations

import array

from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE

FADE_SAMPLES = TELEPHONE_RATE // 100
"""10 ms: a cut without a click."""
FADE_BYTES = FADE_SAMPLES * 2
_SUNK_SAMPLES = TELEPHONE_RATE // 200


def faded(frame: bytes) -> bytes | None:
    """The frame's first 10 ms going down to silence, and silence; None for nothing."""
    samples = array.array("h", frame[:FADE_BYTES])
    if not samples:
        return None
    count = len(samples)
    for index in range(count):
        samples[index] = samples[index] * (count - 1 - index) // count
    return samples.tobytes().ljust(FRAME_BYTES, b"\0")


def risen(frame: bytes) -> bytes:
    """The frame with its first 10 ms coming up from silence."""
    samples = array.array("h", frame)
    for index in range(min(FADE_SAMPLES, len(samples))):
        samples[index] = samples[index] * index // FADE_SAMPLES
    return samples.tobytes()


def sunk(frame: bytes) -> bytes:
    """The frame with its last 5 ms going down to silence."""
    samples = array.array("h", frame)
    count = min(_SUNK_SAMPLES, len(samples))
    for left in range(count):
        samples[-1 - left] = samples[-1 - left] * left // count
    return samples.tobytes()
