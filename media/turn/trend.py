"""Whether a voice gets louder towards a pause: a sentence that is to go on, more often than not. Pure."""

from __future__ import annotations

_FAST, _SLOW = 1 / 4, 1 / 16
"""Memory of the last 100 ms of voice, about, and of the last half second."""
RISING = 1.6
"""By how much the one is above the other (4 dB)."""


class Trend:
    """One caller's voiced frames, by their root mean square."""

    __slots__ = ("_fast", "_slow")

    def __init__(self) -> None:
        self._fast = self._slow = 0.0

    def voiced(self, level: int) -> None:
        """A voiced frame came."""
        if not self._slow:
            self._fast = self._slow = float(level)
        self._fast += (level - self._fast) * _FAST
        self._slow += (level - self._slow) * _SLOW

    def forget(self) -> None:
        """What comes is another's, or another sentence."""
        self._fast = self._slow = 0.0

    @property
    def rising(self) -> bool:
        """Whether it was getting louder."""
        return self._fast > self._slow * RISING
