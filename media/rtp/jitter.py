"""The jitter buffer: packets in as they come, 20 ms frames out in order, a fixed depth later. Pure.

Frames lie in slots of 20 ms on the sender's timestamps. `pull` plays one slot a tick, whether anything came for it or
not, so the timeline goes on across silence. It is laid afresh (`_anchor`) when a talkspurt starts on an empty buffer,
when timestamps jump, and when packets keep coming too late for it.
"""

from __future__ import annotations

from enum import Enum, auto

from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES

_SILENT = bytes(FRAME_BYTES)
_WRAP = 1 << 32


class Arrival(Enum):
    """What became of a packet."""

    TAKEN = auto()
    LATE = auto()
    """Its time had passed."""


class JitterBuffer:
    """One stream's buffer of 16-bit linear audio.

    `depth_ms` is what a packet may be late against the first of its talkspurt; beyond `depth_ms + spare_ms` of audio
    the oldest is left out (`skipped` frames), so a burst or a fast clock never becomes lasting delay.
    """

    LATE_IN_A_ROW = 3
    """Late packets that make a new timeline: the sender's clock or the path has shifted for good."""
    JUMP_SAMPLES = 8000
    """Samples that a timestamp may be ahead before it counts as a jump."""

    def __init__(self, depth_ms: int = 40, spare_ms: int = 100) -> None:
        if depth_ms < 0 or spare_ms < FRAME_MS:
            raise ValueError(f"depth must be 0 ms or more and spare {FRAME_MS} ms or more, got {depth_ms}, {spare_ms}")
        self._depth = -(-depth_ms // FRAME_MS)
        self._most = self._depth + spare_ms // FRAME_MS
        self._frames: dict[int, bytes] = {}
        self._next = 0
        self._base: int | None = None
        self._late_in_a_row = 0
        self.skipped = 0

    def reset(self) -> None:
        """Forget everything: another source speaks (SSRC change)."""
        self._frames.clear()
        self._base = None
        self._late_in_a_row = 0

    def put(self, timestamp: int, audio: bytes, *, marker: bool = False) -> Arrival:
        """Take a packet's linear audio (any whole number of samples). `timestamp` is the RTP header's."""
        if self._base is None or (marker and not self._frames):
            self._anchor(timestamp)
        offset = self._offset(timestamp)
        if offset >= self._next * FRAME_SAMPLES + self.JUMP_SAMPLES:
            self._frames.clear()
            offset = self._anchor(timestamp)
        slot, into = divmod(offset, FRAME_SAMPLES)
        if slot < self._next:
            self._late_in_a_row += 1
            if self._late_in_a_row < self.LATE_IN_A_ROW or self._frames:
                return Arrival.LATE
            slot, into = divmod(self._anchor(timestamp), FRAME_SAMPLES)
        self._late_in_a_row = 0
        if into == 0 and len(audio) == FRAME_BYTES:
            self._frames[slot] = audio
        else:
            self._cut(slot, into, audio)
        if slot - self._next > self._most or len(self._frames) > self._most:
            self._bound()
        return Arrival.TAKEN

    def pull(self) -> bytes | None:
        """The next 20 ms; None where nothing came (silence, or loss)."""
        if self._base is None:
            return None
        slot = self._next
        self._next = slot + 1
        return self._frames.pop(slot, None)

    @property
    def depth_frames(self) -> int:
        """Frames that wait."""
        return len(self._frames)

    def _anchor(self, timestamp: int) -> int:
        """Lay the timeline so that this timestamp is played `depth` ticks from now; its offset on it."""
        self._base = timestamp
        self._next = -self._depth
        self._late_in_a_row = 0
        return 0

    def _offset(self, timestamp: int) -> int:
        """Samples from the base: of the timestamps that are 2^32 apart, the one nearest to what is played now."""
        playing = self._next * FRAME_SAMPLES
        ahead = (timestamp - (self._base or 0) - playing) % _WRAP
        return playing + (ahead if ahead < _WRAP // 2 else ahead - _WRAP)

    def _cut(self, slot: int, into: int, audio: bytes) -> None:
        """Lay audio of another ptime, or off the grid, over the frames that it touches."""
        start = into * 2
        for at in range(0, len(audio) + start, FRAME_BYTES):
            piece = audio[max(0, at - start) : at - start + FRAME_BYTES]
            lead = start if at == 0 else 0
            under = self._frames.get(slot, _SILENT)
            self._frames[slot] = under[:lead] + piece + under[lead + len(piece) :]
            slot += 1

    def _bound(self) -> None:
        newest = max(self._frames)
        if newest - self._next <= self._most:
            return
        start = newest - self._depth
        for slot in [slot for slot in self._frames if slot < start]:
            del self._frames[slot]
            self.skipped += 1
        self._next = start
