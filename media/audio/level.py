"""Everything that is said, equally loud: gains from loudness. Pure."""

from __future__ import annotations

import numpy as np

from media.audio.loudness import SILENT_LUFS, loudness
from media.audio.pcm import TELEPHONE_RATE
from media.audio.samples import Samples

SPEECH_LUFS = -20.0
"""For the telephone: near the -20 dBm0 or so of an active talker, with 17 dB to the limiter's ceiling."""
MUSIC_LUFS = -23.0
MOST_GAIN_DB = 18.0
"""More would be another recording's noise."""
LEARNT_S = 3.0
"""Of a voice that is not known, so much is measured while it speaks; then its gain stays."""
_PRIOR_S = 0.4
"""A voice that is not known is thought to be right already, as firmly as this much audio would say so."""
_GROWTH = 1.5
"""It is measured again when there is so many times the audio."""


def gain_db(measured_lufs: float, wanted_lufs: float = SPEECH_LUFS) -> float:
    """What makes it as loud as wanted, raised by `MOST_GAIN_DB` at most; silence is left alone."""
    if measured_lufs <= SILENT_LUFS:
        return 0.0
    return min(MOST_GAIN_DB, wanted_lufs - measured_lufs)


def amplified(samples: Samples, decibels: float) -> Samples:
    """The samples, so much louder."""
    return samples * np.float32(10 ** (decibels / 20))


class Leveller:
    """The gain of one stream at 8 kHz, which can't be measured before it is spoken.

    A voice whose loudness is known has one gain from its first sample to its last. One that is not known begins as if
    it were right, and nears its gain as what it has said so far is measured; gated, so pauses change nothing.
    """

    def __init__(self, known_lufs: float | None) -> None:
        self._known = known_lufs is not None
        self._gain_db = 0.0 if known_lufs is None else gain_db(known_lufs)
        self._so_far: list[Samples] = []
        self._count = self._measured = 0

    def feed(self, samples: Samples) -> Samples:
        """The samples at their level; a new gain is reached within them."""
        if self._known:
            return amplified(samples, self._gain_db)
        before, self._gain_db = self._gain_db, self._learnt(samples)
        ramp = np.linspace(before, self._gain_db, len(samples), dtype=np.float32)
        levelled: Samples = samples * np.float32(10) ** (ramp / np.float32(20))
        return levelled

    def _learnt(self, samples: Samples) -> float:
        self._so_far.append(samples)
        self._count += len(samples)
        if self._count < self._measured * _GROWTH:
            return self._gain_db
        self._measured = self._count
        seconds = self._count / TELEPHONE_RATE
        wanted_db = gain_db(loudness(np.concatenate(self._so_far), TELEPHONE_RATE))
        if seconds >= LEARNT_S:
            self._known, self._so_far = True, []
        return wanted_db * seconds / (seconds + _PRIOR_S)
