"""Audio in place of packets that did not come: the last pitch period goes on, fading. Pure.

After ITU-T G.711, appendix I: the period is where the last audio is most like what came just before it (5 to 15 ms);
from the second lost frame on it fades, and after 60 ms there is silence. The first frame after the gap is blended in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from media.audio.levels import rms, rms_of
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES

_SHORTEST, _LONGEST = 40, 120
"""Samples of a pitch period: 200 to 66 Hz at 8 kHz."""
_COMPARED = 160
_BLENDED = 32
"""Samples over which the audio that comes again is blended in: 4 ms."""
MOST_FRAMES = 3
"""Frames that are made up; then it is silence."""
_MOST = MOST_FRAMES * FRAME_SAMPLES
_QUIET_RMS = rms_of(-50)
"""What is quieter leaves no hole that could be heard."""

_Samples = npt.NDArray[np.float32]
_RISE = np.linspace(0.0, 1.0, _BLENDED, endpoint=False, dtype=np.float32)


class Concealment:
    """One stream's audio, 16-bit linear at 8 kHz: frames of 20 ms, or where a frame has holes the pieces of it."""

    __slots__ = ("_before", "_gap", "_last", "_made_up_samples", "_period")

    def __init__(self) -> None:
        self._before: bytes | None = None
        self._last: bytes | None = None
        self._gap = 0
        self._period: _Samples | None = None
        self._made_up_samples = 0

    @property
    def concealed(self) -> int:
        """Frames made up so far; parts of frames add up."""
        return -(-self._made_up_samples // FRAME_SAMPLES)

    def heard(self, audio: bytes) -> bytes:
        """What came; as it is, or blended into what was made up before it."""
        if self._gap and self._period is not None:
            audio = _blended(audio, self._period, min(self._gap, _MOST))
        self._gap = 0
        if len(audio) == FRAME_BYTES:
            self._before, self._last = self._last, audio
        else:
            both = (self._before or b"") + (self._last or b"") + audio
            self._before, self._last = both[-2 * FRAME_BYTES : -FRAME_BYTES] or None, both[-FRAME_BYTES:]
        return audio

    def missing(self, samples: int = FRAME_SAMPLES) -> bytes | None:
        """Audio for so many samples that did not come; None for silence."""
        start = self._gap
        self._gap += samples
        if start >= _MOST or self._last is None or self._before is None:
            self.rest()
            self._gap = start + samples
            return None
        if not start:
            quiet = rms(self._last) < _QUIET_RMS
            self._period = None if quiet else _period(self._before + self._last)
        if self._period is None:
            return None
        self._made_up_samples += samples
        return _made_up(self._period, start, samples).astype("<i2").tobytes()

    def patched(self, frame: bytes, holes: int) -> bytes:
        """A frame of which the samples in `holes` (a bit each) did not come."""
        pieces = []
        at = 0
        while at < FRAME_SAMPLES:
            missing = holes >> at & 1
            rest = (~holes if missing else holes) >> at
            samples = min(FRAME_SAMPLES - at, (rest & -rest).bit_length() - 1 if rest else FRAME_SAMPLES)
            if missing:
                pieces.append(self.missing(samples) or bytes(2 * samples))
            else:
                pieces.append(self.heard(frame[2 * at : 2 * (at + samples)]))
            at += samples
        return b"".join(pieces)

    def rest(self) -> None:
        """Nothing was lost: silence has its own sound from here on."""
        self._gap = 0
        self._before = self._last = self._period = None


def _made_up(period: _Samples, start: int, samples: int) -> _Samples:
    """The period over and over, from the given sample of the gap on, at its loudness there."""
    repeated = np.resize(np.roll(period, -(start % len(period))), samples)
    return (repeated * _gain(start, samples)).astype(np.float32)


def _blended(audio: bytes, period: _Samples, gap: int) -> bytes:
    came = np.frombuffer(audio, "<i2").astype(np.float32)
    blended = min(_BLENDED, len(came))
    rise = _RISE[:blended]
    came[:blended] = came[:blended] * rise + _made_up(period, gap, blended) * (1.0 - rise)
    return came.astype("<i2").tobytes()


def _gain(start: int, samples: int) -> _Samples:
    """1 through the first 20 ms, then down to nothing at the end of 60."""
    at = np.arange(start, start + samples, dtype=np.float32)
    return np.clip((_MOST - at) / (_MOST - FRAME_SAMPLES), 0.0, 1.0).astype(np.float32)


def _period(audio: bytes) -> _Samples | None:
    """The last pitch period of 40 ms of audio; None where there is nothing to go on."""
    if len(audio) != 2 * FRAME_BYTES:
        return None
    samples = np.frombuffer(audio, "<i2").astype(np.float32)
    recent = samples[-_COMPARED:]
    earlier = np.lib.stride_tricks.sliding_window_view(samples[-_COMPARED - _LONGEST : -_SHORTEST], _COMPARED)
    energy = np.sqrt(np.einsum("ij,ij->i", earlier, earlier)) + 1.0
    best = int(np.argmax(earlier @ recent / energy))
    return samples[-(_LONGEST - best) :]
