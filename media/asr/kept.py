"""A turn as it is kept for an engine that may be asked about it, or sent it, more than once."""

from __future__ import annotations

from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.vad.webrtc import WebRtcVad

MOST_FRAMES = 30_000 // FRAME_MS
"""Nobody speaks longer without a pause."""


class KeptTurn:
    """Frames of one turn, and how many of them may hold a voice (in doubt they do)."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.voiced = 0
        self._vad = WebRtcVad(aggressiveness=0)

    @property
    def voiced_ms(self) -> float:
        """Milliseconds that may hold a voice."""
        return float(self.voiced * FRAME_MS)

    def keep(self, frame: bytes) -> None:
        """Keep a frame; none past 30 s. Raises `ValueError` for one that is not 20 ms of 8 kHz audio."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"expected a frame of {FRAME_BYTES} bytes (20 ms, 16-bit, 8 kHz), got {len(frame)}")
        if len(self.frames) < MOST_FRAMES:
            self.frames.append(frame)
            self.voiced += self._vad.is_speech(frame)
