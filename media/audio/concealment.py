"""Audio in place of packets that did not come: the last pitch period goes on, fading. Pure.

After ITU-T G.711, appendix I: the period is where the last audio is most like what came just before it (5 to 15 ms);
from the second lost frame on it fades, and after 60 ms there is silence. The first frame after the gap is blended in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES

_SHORTEST, _LONGEST = 40, 120
"""Samples of a pitch period: 200 to 66 Hz at 8 kHz."""
_COMPARED = 160
_BLENDED = 32
"""Samples over which the audio that comes again is blended in: 4 ms."""
MOST_FRAMES = 3
"""Frames that are made up; then it is silence."""

_Samples = npt.NDArray[np.float32]
_RISE = np.linspace(0.0, 1.0, _BLENDED, endpoint=False, dtype=np.float32)


class Concealment:
    """One stream's frames, 20 ms of 16-bit linear audio at 8 kHz."""

    __slots__ = ("_before", "_gap", "_last", "_period", "concealed")

    def __init__(self) -> None:
        self._before: bytes | None = None
        self._last: bytes | None = None
        self._gap = 0
        self._period: _Samples | None = None
        self.concealed = 0
        """Frames made up so far."""

    def heard(self, frame: bytes) -> bytes:
        """A frame that came; as it is, or blended into what was made up before it."""
        if self._gap and self._period is not None:
            frame = _blended(frame, _made_up(self._period, min(self._gap, MOST_FRAMES), _BLENDED))
        self._gap = 0
        self._before, self._last = self._last, frame
        return frame

    def missing(self) -> bytes | None:
        """A frame for one that did not come; None for silence."""
        self._gap += 1
        if self._gap > MOST_FRAMES or self._last is None or self._before is None:
            self._before = self._last = self._period = None
            return None
        if self._gap == 1:
            self._period = _period(self._before + self._last)
        if self._period is None:
            return None
        self.concealed += 1
        return _made_up(self._period, self._gap - 1, FRAME_SAMPLES).astype("<i2").tobytes()


def _made_up(period: _Samples, frame: int, samples: int) -> _Samples:
    """The period over and over, from the given frame of the gap on, at that frame's loudness."""
    start = frame * FRAME_SAMPLES % len(period)
    repeated = np.resize(np.roll(period, -start), samples)
    return (repeated * _gain(frame, samples)).astype(np.float32)


def _blended(frame: bytes, going_on: _Samples) -> bytes:
    came = np.frombuffer(frame, "<i2").astype(np.float32)
    came[:_BLENDED] = came[:_BLENDED] * _RISE + going_on * (1.0 - _RISE)
    return came.astype("<i2").tobytes()


def _gain(frame: int, samples: int) -> _Samples:
    """1 through the first frame, then down to nothing at the end of the last."""
    at = frame + np.arange(samples, dtype=np.float32) / FRAME_SAMPLES
    return np.clip((MOST_FRAMES - at) / (MOST_FRAMES - 1), 0.0, 1.0).astype(np.float32)


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
