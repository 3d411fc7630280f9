"""Single tones in 20 ms frames: beeps, a network's information tones, a fax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from media.audio.levels import rms_of
from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, TELEPHONE_RATE

_WINDOW = np.hanning(FRAME_SAMPLES)
_BIN_HZ = TELEPHONE_RATE / FRAME_SAMPLES
_LEAST_BIN, _MOST_BIN = 6, 48
"""300 to 2400 Hz."""
_AROUND = 2
"""Bins on both sides that hold a windowed tone's power."""
_SHARE = 0.9
"""Of a frame's power that is one tone's. Two tones (DTMF) have half each; a voice has harmonics."""
_LEAST_RMS = rms_of(-42)
_STEADY_HZ = 15.0
"""How far a steady tone's frames stray: the estimate's own error in noise; a voice glides further."""
FRAME_S = FRAME_MS / 1000


@dataclass(frozen=True, slots=True)
class Tone:
    """One that is over, or goes on. Times in seconds."""

    hertz: float
    started_at: float
    ended_at: float
    level: float
    """Root mean square."""

    @property
    def ms(self) -> float:
        """How long it lasted."""
        return (self.ended_at - self.started_at) * 1000


def hertz_of(frame: bytes, level: int) -> float:
    """The frequency of the one tone that 20 ms hold; 0 for anything else."""
    if level < _LEAST_RMS or len(frame) != FRAME_BYTES:
        return 0.0
    power = np.abs(np.fft.rfft(np.frombuffer(frame, "<i2") * _WINDOW)) ** 2
    peak = int(power[_LEAST_BIN : _MOST_BIN + 1].argmax()) + _LEAST_BIN
    around = power[peak - _AROUND : peak + _AROUND + 1]
    if not around.sum() > _SHARE * power[1:].sum():
        return 0.0
    left, middle, right = np.log(power[peak - 1 : peak + 2] + 1e-9)
    bend = left - 2 * middle + right
    return float((peak + (0.5 * (left - right) / bend if bend else 0.0)) * _BIN_HZ)


class Tones:
    """Follows tones through the frames of a call; one frame of a tone may be missing or spoilt."""

    def __init__(self) -> None:
        self._frames = 0
        self._sum_hz = 0.0
        self._sum_level = 0.0
        self._started_at = 0.0
        self._ended_at = 0.0

    @property
    def sounding(self) -> bool:
        """Whether this moment is one of a tone, for two frames at least."""
        return self._frames >= 2

    def frame(self, frame: bytes, level: int, at: float) -> Tone | None:
        """Take a frame that came at a time; the tone that ended before it, if one did."""
        hertz = hertz_of(frame, level)
        if hertz and self._frames and abs(hertz - self._sum_hz / self._frames) <= _STEADY_HZ:
            self._add(hertz, level, at)
            return None
        if not hertz and self._frames and at - self._ended_at < 1.5 * FRAME_S:
            return None
        ended = self.end()
        if hertz:
            self._started_at = at - FRAME_S
            self._add(hertz, level, at)
        return ended

    def end(self) -> Tone | None:
        """No more of it comes: the tone that was, if one was."""
        frames, self._frames = self._frames, 0
        if frames < 2:
            frames = 0
        tone = None
        if frames:
            hertz, level = self._sum_hz / frames, self._sum_level / frames
            tone = Tone(hertz, self._started_at, self._ended_at, level)
        self._sum_hz = self._sum_level = 0.0
        return tone

    def silent_since(self, at: float) -> bool:
        """Whether a tone was there, and nothing of it came for three frames."""
        return self._frames > 0 and at - self._ended_at > 3 * FRAME_S

    def _add(self, hertz: float, level: int, at: float) -> None:
        self._frames += 1
        self._sum_hz += hertz
        self._sum_level += level
        self._ended_at = at
