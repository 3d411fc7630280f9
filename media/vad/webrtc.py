"""WebRTC's voice activity detector: a few microseconds a frame, behind an energy gate."""

from __future__ import annotations

import webrtcvad

from media.audio.levels import rms, rms_of
from media.audio.pcm import TELEPHONE_RATE

GATE_DBFS = -50.0
"""Frames below this are silence on any phone line, and are not analysed."""


class WebRtcVad:
    """One call's detector: it follows the noise of its line, so that calls don't share one (it is about a kilobyte).

    `aggressiveness` 0 to 3: how readily it calls a frame noise.
    """

    def __init__(self, aggressiveness: int = 2, gate_dbfs: float = GATE_DBFS) -> None:
        if aggressiveness not in range(4):
            raise ValueError(f"aggressiveness of webrtcvad is 0 to 3, got {aggressiveness}")
        self._vad = webrtcvad.Vad(aggressiveness)
        self._gate = rms_of(gate_dbfs)

    def is_speech(self, frame: bytes) -> bool:
        """Whether 20 ms of 16-bit 8 kHz audio hold speech."""
        return rms(frame) > self._gate and bool(self._vad.is_speech(frame, TELEPHONE_RATE))
