"""How much waits in Asterisk to be played, and which frame is left out so that it stays little. Pure.

Asterisk plays one frame a tick of its own and never makes up for a tick that it missed (asterisk#2115), so what waits
would only grow. One frame may stay: it is what keeps two beats of 20 ms from missing each other. What is above that is
left out where it is silent or quiet; beyond `MOST_WAITING` wherever it is.
"""

from __future__ import annotations

from collections import deque

from media.audio.levels import rms

ASK_EVERY = 10
"""Ticks: 200 ms."""
SPARE = 2
"""Frames that may wait when one has just been sent: this one, and the one that keeps the beats apart."""
MOST_WAITING = 5
"""Frames above `SPARE` from which on speech is left out too: 100 ms."""
_SAMPLES = 3
"""Answers in a row of which the least counts: a late tick alone is no backlog."""
_QUIET_RMS = 100
"""16-bit samples below this are quiet: -50 dBFS."""


class Backlog:
    """One call's frames in Asterisk's queue."""

    def __init__(self) -> None:
        self.left_out = 0
        """Frames that were not sent, to make what waits less."""
        self.waiting = 0
        """Frames, by Asterisk's last answer."""
        self._surplus = 0
        self._answers: deque[int] = deque(maxlen=_SAMPLES)
        self._since_asked = 0

    def told(self, frames: int) -> None:
        """Asterisk says how many frames wait, just after one was sent."""
        self.waiting = frames
        self._answers.append(frames)
        if len(self._answers) == _SAMPLES:
            self._surplus = max(0, min(self._answers) - SPARE)

    def due(self) -> bool:
        """A tick has passed: whether to ask how many wait."""
        self._since_asked += 1
        if self._since_asked < ASK_EVERY:
            return False
        self._since_asked = 0
        return True

    def leaves_out(self, frame: bytes | None) -> bool:
        """Whether this frame (None: silence) is not to be sent."""
        if not self._surplus or not (self._surplus >= MOST_WAITING or frame is None or rms(frame) < _QUIET_RMS):
            return False
        self._surplus -= 1
        self._answers.clear()
        self.left_out += 1
        return True

    def emptied(self) -> None:
        """Nothing waits any more: it was flushed, or nothing was sent for a while."""
        self.waiting = self._surplus = 0
        self._answers.clear()
