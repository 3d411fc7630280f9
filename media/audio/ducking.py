"""Speech over music: the music goes down while somebody speaks, and comes back. Pure."""

from __future__ import annotations

import audioop

import numpy as np

from media.audio.pcm import FRAME_MS, FRAME_SAMPLES

DUCKED_DB = -15.0
"""What is taken from music under speech: it is still heard to go on, and no word is lost in it."""
DOWN_MS = 100
UP_MS = 500
"""Slow enough that short pauses between sentences don't make the music swell."""
_LOW = 10 ** (DUCKED_DB / 20)
_DOWN_STEP = (1 - _LOW) * FRAME_MS / DOWN_MS
_UP_STEP = (1 - _LOW) * FRAME_MS / UP_MS


class Ducking:
    """The music's gain, a frame at a time; it moves in straight lines, sample by sample."""

    def __init__(self) -> None:
        self.gain = 1.0

    def music(self, frame: bytes, *, under_speech: bool) -> bytes:
        """The music's next 20 ms, as loud as it may be."""
        before = self.gain
        after = max(_LOW, before - _DOWN_STEP) if under_speech else min(1.0, before + _UP_STEP)
        self.gain = after
        if before == after:
            return frame if after == 1.0 else audioop.mul(frame, 2, after)
        ramp = np.linspace(before, after, FRAME_SAMPLES, endpoint=False)
        return (np.frombuffer(frame, dtype="<i2") * ramp).astype("<i2").tobytes()


def mixed(one: bytes, other: bytes) -> bytes:
    """Both at once; what is louder than full scale is held there. As long as the longer."""
    if len(one) < len(other):
        one = one.ljust(len(other), b"\0")
    elif len(other) < len(one):
        other = other.ljust(len(one), b"\0")
    sum_: bytes = audioop.add(one, other, 2)
    return sum_
