"""The callee's speech as a whole: from its first word to a pause that ends it, whatever sounds behind it."""

from __future__ import annotations

from media.audio.levels import rms_of
from media.audio.pcm import FRAME_MS
from media.machine.manner import MachineManner
from media.turn.onset import Onset

_LOUDER = 10 ** (12 / 20)
"""What is that much louder than all before it is the callee; what was before it, the place."""


class Greeting:
    """One call's: what is near, and how long it goes on."""

    def __init__(self, manner: MachineManner) -> None:
        self._onset = Onset(manner.start_ms, manner.window_ms)
        self._more = Onset(manner.start_ms // 2, manner.window_ms)
        """What it takes for speech that has begun to go on."""
        self._least = float(rms_of(manner.floor_dbfs))
        self._behind = 10 ** (-manner.within_db / 20)
        self._levels = (0, 0, 0)
        self._voiced = 0
        self.voiced_at = 0.0
        """When its last voiced frame came, in seconds."""
        self.loudest = 0.0
        """Of the speech so far: what three frames in a row reached (a click does not)."""

    @property
    def active(self) -> bool:
        """Whether there is speech, or a pause that is not yet its end."""
        return self._onset.active

    def frame(self, voiced: bool, level: int, at: float) -> bool:
        """Take 20 ms; whether speech begins with it."""
        near = voiced and level >= max(self._least, self.loudest * self._behind)
        self._measure(level if near else 0)
        begun = self._onset.frame(near, at)
        if self._more.frame(near, at) or (near and self._more.active):
            self.voiced_at = at
        if near and self.active:
            self._voiced = self._voiced + 1 if not begun else self._onset_frames()
        if self._more.active and not near and self._more.silent_for(at, FRAME_MS * 4):
            self._more.end()
        return begun

    def ms(self) -> float:
        """From its first voiced frame to its last."""
        return (self.voiced_at - self._onset.started_at) * 1000 + FRAME_MS if self.active else 0.0

    def lasts(self, least_ms: float, dense: float) -> bool:
        """Whether it is that long, and its words close enough together."""
        lasts_ms = self.ms()
        return lasts_ms >= least_ms and self._voiced * FRAME_MS >= dense * lasts_ms

    def spoken_since(self, at: float) -> bool:
        """Whether any of it came after that."""
        return self.active and self.voiced_at > at

    def paused(self, at: float, pause_ms: float) -> bool:
        """Whether so much silence came after it."""
        return self.active and (at - self.voiced_at) * 1000 >= pause_ms - FRAME_MS / 2

    def end(self) -> None:
        """It is over; what comes is new."""
        self._onset.end()
        self._more.end()
        self._voiced = 0

    def _onset_frames(self) -> int:
        self.voiced_at = self._onset.voiced_at
        return max(1, round((self._onset.voiced_at - self._onset.started_at) * 1000 / FRAME_MS))

    def _measure(self, level: int) -> None:
        self._levels = (*self._levels[1:], level)
        sure = min(self._levels)
        if sure > self.loudest:
            if self.loudest and sure > self.loudest * _LOUDER:
                self.end()
            self.loudest = float(sure)
