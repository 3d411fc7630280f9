"""When the caller's speech begins and ends: voiced frames in a sliding window, and the silence after them. Pure."""

from __future__ import annotations

from media.audio.pcm import FRAME_MS

HALF_FRAME_S = FRAME_MS / 2000
"""Times are told to the nearest frame."""


class Onset:
    """Speech has begun once `start_ms` of the last `window_ms` were voiced."""

    def __init__(self, start_ms: int = 120, window_ms: int = 200) -> None:
        if not FRAME_MS <= start_ms <= window_ms:
            raise ValueError(f"start_ms must be {FRAME_MS} to window_ms, got {start_ms} of {window_ms}")
        self._need = -(-start_ms // FRAME_MS)
        self._bits = (1 << -(-window_ms // FRAME_MS)) - 1
        self._window_s = window_ms / 1000
        self._mask = 0
        self._last_at = 0.0
        self.active = False
        self.started_at = 0.0
        """When the first voiced frame of this speech came, in seconds."""
        self.voiced_at = 0.0
        """When the last voiced frame came, in seconds."""

    def frame(self, voiced: bool, at: float) -> bool:
        """Take a frame; whether speech begins with it."""
        if at - self._last_at > self._window_s:
            self._mask = 0
        self._last_at = at
        self._mask = mask = (self._mask << 1 | voiced) & self._bits
        if not voiced:
            return False
        self.voiced_at = at
        if self.active or mask.bit_count() < self._need:
            return False
        self.active = True
        self.started_at = at - (mask.bit_length() - 1) * FRAME_MS / 1000
        return True

    def silent_for(self, at: float, silence_ms: float) -> bool:
        """Whether the last voiced frame lies this far back, to the nearest frame."""
        return at - self.voiced_at >= silence_ms / 1000 - HALF_FRAME_S

    def lasts_for(self, at: float, speech_ms: float) -> bool:
        """Whether this speech began this long ago, to the nearest frame."""
        return at - self.started_at >= speech_ms / 1000 - HALF_FRAME_S

    def end(self) -> None:
        """This speech is over; what comes is new."""
        self.active = False
        self._mask = 0
