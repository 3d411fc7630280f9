"""What is done to audio before it is said: 8 kHz, the telephone's band, its level, no peak and no hard edge. Pure."""

from __future__ import annotations

import numpy as np

from media.audio.band import band_filter
from media.audio.lead import LeadTrimmer
from media.audio.level import SPEECH_LUFS, Leveller, amplified, gain_db
from media.audio.limiter import Limiter
from media.audio.loudness import BLOCK_S, loudness
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.resample import ToTelephone, at_telephone_rate
from media.audio.samples import Samples, from_pcm16, to_pcm16
from media.audio.tail import TailTrimmer

EDGE = TELEPHONE_RATE * 3 // 1000
"""Samples in which a rendering comes up from silence, and goes down to it: any two join without a click."""


class Mastering:
    """One rendering, as its chunks come. `known_lufs`: its voice's loudness, where that is known.

    Beside what the resampler needs, the limiter's 3.9 ms are held back.
    """

    def __init__(self, rate: int, known_lufs: float | None = None) -> None:
        self._telephone = ToTelephone(rate)
        self._band = band_filter()
        self._level = Leveller(known_lufs)
        self._limiter = Limiter()
        self._trimming = _Trimming()

    def feed(self, chunk: Pcm) -> bytes:
        """What is ready: 16-bit, 8 kHz. Raises `ValueError` if the chunk has another rate than the stream."""
        return self._trimming.feed(to_pcm16(self._limited(self._telephone.feed(chunk))))

    def finish(self) -> bytes:
        """What was held back."""
        last = np.concatenate((self._limited(self._telephone.finish()), self._limiter.finish()))
        return self._trimming.feed(to_pcm16(_sunk(last))) + self._trimming.finish()

    def _limited(self, samples: Samples) -> Samples:
        return self._limiter.feed(self._level.feed(self._band.feed(samples)))


class Rendered:
    """A whole rendering, which can be measured. Takes milliseconds a second: off the loop."""

    def __init__(self, audio: Pcm) -> None:
        self._shaped = band_filter().feed(at_telephone_rate(audio))
        self.seconds = len(self._shaped) / TELEPHONE_RATE
        self.lufs = loudness(self._shaped, TELEPHONE_RATE)
        """Of the engine's own level, in the telephone's band."""

    @property
    def short(self) -> bool:
        """Whether it is too short to be judged (less than a block of BS.1770)."""
        return self.seconds < BLOCK_S

    def levelled(self, known_lufs: float | None) -> Pcm:
        """It at its level. A short word is as loud as its voice says it, where that voice's loudness is known."""
        lufs = known_lufs if self.short and known_lufs is not None else self.lufs
        trimming = _Trimming()
        samples = trimming.feed(to_pcm16(_sunk(_limited(self._shaped, gain_db(lufs))))) + trimming.finish()
        return Pcm(TELEPHONE_RATE, samples)


def mastered(audio: Pcm, wanted_lufs: float = SPEECH_LUFS) -> Pcm:
    """A whole recording, as long as it was. Takes milliseconds a minute: call it off the loop."""
    shaped = band_filter().feed(at_telephone_rate(audio))
    samples = _limited(shaped, gain_db(loudness(shaped, TELEPHONE_RATE), wanted_lufs))
    return Pcm(TELEPHONE_RATE, to_pcm16(_risen(_sunk(samples))))


class _Trimming:
    """No silence before, little after, and a soft beginning."""

    def __init__(self) -> None:
        self._lead, self._tail = LeadTrimmer(), TailTrimmer()
        self._given = 0

    def feed(self, samples: bytes) -> bytes:
        return self._soft(self._tail.feed(self._lead.feed(samples)))

    def finish(self) -> bytes:
        return self._soft(self._tail.feed(self._lead.finish()) + self._tail.finish())

    def _soft(self, samples: bytes) -> bytes:
        if self._given >= EDGE or not samples:
            return samples
        risen = _risen(from_pcm16(samples), self._given)
        self._given += len(risen)
        return to_pcm16(risen)


def _limited(shaped: Samples, decibels: float) -> Samples:
    limiter = Limiter()
    return np.concatenate((limiter.feed(amplified(shaped, decibels)), limiter.finish()))


def _risen(samples: Samples, already: int = 0) -> Samples:
    ramp = np.minimum(1.0, np.arange(already, already + len(samples), dtype=np.float32) / np.float32(EDGE))
    softened: Samples = samples * ramp
    return softened


def _sunk(samples: Samples) -> Samples:
    return _risen(samples[::-1])[::-1]
