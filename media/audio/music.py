"""Audio that goes on until it is stopped: a sound file played over and over, and the ringing tone. Pure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE, Pcm
from media.audio.shaping import FADE_SAMPLES, risen

LONGEST_S = 300
"""Of a file, this much is played; all calls share one copy of it."""
JOIN_SAMPLES = TELEPHONE_RATE * 30 // 1000
"""The end goes over into the beginning within 30 ms."""
_RING_HZ, _MODULATION_HZ, _DEPTH = 400, 25, 0.9
_RING_MS = ((400, True), (200, False), (400, True), (2000, False))
_PEAK = 0.2 * 32767


class Music:
    """One call's place in it. Its audio may come later than it is begun; it is silent until then."""

    def __init__(self, loop: bytes = b"") -> None:
        self._loop = loop
        self._at = 0
        self._begun = False

    def give(self, loop: bytes) -> None:
        """Its audio: 16-bit, 8 kHz, whose end goes on in its beginning (`seamless`)."""
        self._loop = loop

    @property
    def playing(self) -> bool:
        """Whether any of it was heard."""
        return self._begun

    def take(self) -> bytes:
        """The next 20 ms."""
        if not self._loop:
            return bytes(FRAME_BYTES)
        frame = self._loop[self._at : self._at + FRAME_BYTES]
        while len(frame) < FRAME_BYTES:
            frame += self._loop[: FRAME_BYTES - len(frame)]
        self._at = (self._at + FRAME_BYTES) % len(self._loop)
        if not self._begun:
            self._begun = True
            return risen(frame)
        return frame


def seamless(audio: Pcm) -> bytes:
    """The audio (8 kHz) as a loop: its end is laid over its beginning, with equal power, so that no join is heard."""
    samples = np.frombuffer(audio.samples, dtype="<i2")[: LONGEST_S * TELEPHONE_RATE].astype(np.float64)
    if len(samples) < 4 * JOIN_SAMPLES:
        return audio.samples
    angle = (np.arange(JOIN_SAMPLES) + 0.5) / JOIN_SAMPLES * np.pi / 2
    samples[:JOIN_SAMPLES] = samples[:JOIN_SAMPLES] * np.sin(angle) + samples[-JOIN_SAMPLES:] * np.cos(angle)
    return _pcm16(samples[:-JOIN_SAMPLES])


@lru_cache(maxsize=1)
def ringing() -> bytes:
    """What a caller hears in India while a phone rings (ITU-T E.180): 400 Hz modulated with 25 Hz, twice in 3 s."""
    return b"".join(_burst(ms) if on else bytes(ms * TELEPHONE_RATE // 1000 * 2) for ms, on in _RING_MS)


@lru_cache(maxsize=16)
def sine(hertz: int, ms: int) -> bytes:
    """A tone with soft ends, its peak 12 dB below full scale's."""
    time = np.arange(ms * TELEPHONE_RATE // 1000) / TELEPHONE_RATE
    return _pcm16(_soft(np.sin(2 * np.pi * hertz * time)) * 32767 / 4)


def _burst(ms: int) -> bytes:
    time = np.arange(ms * TELEPHONE_RATE // 1000) / TELEPHONE_RATE
    swell = (1 + _DEPTH * np.cos(2 * np.pi * _MODULATION_HZ * time)) / (1 + _DEPTH)
    return _pcm16(_soft(np.sin(2 * np.pi * _RING_HZ * time) * swell) * _PEAK)


def _soft(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    ramp = np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) / FADE_SAMPLES
    return samples * np.minimum(ramp, 1.0)


def _pcm16(samples: NDArray[np.float64]) -> bytes:
    return np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes()
