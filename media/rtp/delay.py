"""How long packets must wait so that few of them come too late: the playout delay, mean and deviation. Pure.

A packet's delay is counted from the fastest packet of the last seconds, so neither side's clock matters, nor its slow
drift. The estimate is that of Ramjee, Kurose, Towsley and Schulzrinne (INFOCOM 1994, algorithm 1) with a shorter
memory: mean plus three deviations, and what rises is followed faster than what falls.
"""

from __future__ import annotations

from media.audio.pcm import FRAME_MS, TELEPHONE_RATE

_MEMORY = 1 / 64
_DEVIATIONS = 3.0
_SPAN_PACKETS = 250
"""Packets over which the fastest is looked for, twice over: 10 s at a ptime of 20 ms."""
_WRAP = 1 << 32
_JUMP_MS = 1000.0
"""A change of delay beyond this is a jump of timestamps, no delay."""


class DelayEstimator:
    """One stream's delays. `add` gives the depth that a jitter buffer should have, in frames."""

    __slots__ = ("_deviation_ms", "_fastest", "_least", "_left", "_mean_ms", "_most", "_next_fastest", "_reference")

    def __init__(self, least_ms: int = 40, most_ms: int = 200) -> None:
        if not 0 < least_ms <= most_ms:
            raise ValueError(f"expected 0 < least ≤ most, got {least_ms} and {most_ms} ms")
        self._least = -(-least_ms // FRAME_MS)
        self._most = most_ms // FRAME_MS
        self.reset()

    def reset(self) -> None:
        """Forget everything: another source speaks."""
        self._reference: tuple[int, float] | None = None
        self._fastest = self._next_fastest = 0.0
        self._left = _SPAN_PACKETS
        self._mean_ms = self._deviation_ms = 0.0

    def add(self, timestamp: int, at: float) -> int:
        """A packet with this RTP timestamp came at `at` seconds; the depth that is due now."""
        if self._reference is None:
            self._reference = timestamp, at
        first, first_at = self._reference
        ticks = (timestamp - first) % _WRAP
        if ticks >= _WRAP // 2:
            ticks -= _WRAP
        transit = (at - first_at) * 1000.0 - ticks * 1000.0 / TELEPHONE_RATE
        delay = transit - self._fastest
        if delay > _JUMP_MS or delay < -_JUMP_MS:
            self.reset()
            self._reference = timestamp, at
            return self._least
        if delay < 0.0:
            self._fastest, delay = transit, 0.0
        self._remember(transit)
        change = delay - self._mean_ms
        self._mean_ms += change * _MEMORY
        size = change if change >= 0.0 else -change
        self._deviation_ms += (size - self._deviation_ms) * (
            4 * _MEMORY if size > _DEVIATIONS * self._deviation_ms else _MEMORY
        )
        return self.depth_frames

    @property
    def depth_frames(self) -> int:
        """Frames that packets should wait at least, within the bounds."""
        wanted = -int(-(self._mean_ms + _DEVIATIONS * self._deviation_ms) // FRAME_MS)
        return self._least if wanted < self._least else self._most if wanted > self._most else wanted

    def _remember(self, transit: float) -> None:
        """The fastest of the last one to two spans."""
        self._next_fastest = min(self._next_fastest, transit) if self._left < _SPAN_PACKETS else transit
        self._left -= 1
        if not self._left:
            self._fastest, self._left = self._next_fastest, _SPAN_PACKETS
