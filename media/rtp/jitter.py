"""The jitter buffer: packets in as they come, 20 ms frames out in order, a depth later that follows the jitter. Pure.

What lies in it is audio of `sample_bytes` a sample: linear, or the payload itself where it must be decoded in order.

Frames lie in slots of 20 ms on the sender's timestamps. `pull` plays one slot a tick, whether anything came for it or
not, so the timeline goes on across silence. It is laid afresh (`_anchor`) when a talkspurt starts on an empty buffer,
when timestamps jump, and when packets keep coming too late for it.

In between, the depth is kept by single frames: once a second the packet that waited longest shows how deep the buffer
really is (jitter only ever makes a packet wait less). Too shallow, and a tick is held back; too deep (less jitter, or
a sender whose clock is faster than ours), and a frame is left out, a quiet one if any comes within two seconds.

A packet need not be a frame: one of 10, 30 or 60 ms, or off the grid, is laid over the slots that it touches, and
`holes` tells what is missing of a frame when its neighbour did not come. What is late in part is played in part.
"""

from __future__ import annotations

from enum import Enum, auto

from media.audio.levels import rms
from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES

_WHOLE = (1 << FRAME_SAMPLES) - 1
"""A bit for each sample of a frame."""
_WRAP = 1 << 32


class Arrival(Enum):
    """What became of a packet."""

    TAKEN = auto()
    LATE = auto()
    """Its time had passed."""


class JitterBuffer:
    """One stream's buffer.

    `depth_ms` (until `aim` sets another) is what a packet may be late against the first of its talkspurt; beyond
    `depth_ms + spare_ms` of audio the oldest is left out (`skipped` frames), so a burst never becomes lasting delay.
    """

    LATE_IN_A_ROW = 3
    """Late packets that make a new timeline: the sender's clock or the path has shifted for good."""
    JUMP_SAMPLES = 8000
    """Samples that a timestamp may be ahead before it counts as a jump."""
    WATCHED = 50
    """Packets after which the depth is looked at: a second of them."""
    TOO_DEEP = 2
    """Frames above the wanted depth from which on it is made less: one more may be the tick's own phase."""
    PATIENCE = 100
    """Ticks to wait for a quiet frame to leave out."""
    QUIET = 100
    """RMS of 16-bit samples below which a frame is quiet: -50 dBFS."""

    def __init__(self, depth_ms: int = 40, spare_ms: int = 100) -> None:
        if depth_ms < 0 or spare_ms < FRAME_MS:
            raise ValueError(f"depth must be 0 ms or more and spare {FRAME_MS} ms or more, got {depth_ms}, {spare_ms}")
        self._depth = -(-depth_ms // FRAME_MS)
        self._most = self._depth + spare_ms // FRAME_MS
        self._frames: dict[int, bytes] = {}
        self._present: dict[int, int] = {}
        """Which samples are there of the frames that are not whole."""
        self._rests: dict[int, int] = {}
        self._sample_bytes = 2
        self._frame_bytes = FRAME_BYTES
        self._next = 0
        self._base: int | None = None
        self._late_in_a_row = 0
        self._spare = spare_ms // FRAME_MS
        self._waited = -self._most
        self._put = 0
        self._surplus = 0
        self._patience = 0
        self.skipped = 0
        self.held = 0
        """Ticks held back because the buffer was too shallow."""
        self.holes = 0
        """Samples that are missing of the frame pulled last, a bit each; 0 of a whole one."""
        self.resting: int | None = None
        """What the sender said of the silence that the timeline is in (`rest`); None once it spoke again."""

    def aim(self, frames: int) -> None:
        """The depth that it should have from now on."""
        self._depth = frames
        self._most = frames + self._spare

    def reset(self, sample_bytes: int = 2) -> None:
        """Forget everything: another source speaks (SSRC change), or in another codec."""
        self._clear()
        self._sample_bytes = sample_bytes
        self._frame_bytes = FRAME_SAMPLES * sample_bytes
        self._base = None
        self._late_in_a_row = 0
        self.resting = None

    def rest(self, timestamp: int, level: int) -> None:
        """The sender is silent from this timestamp on: `resting` is this level then, until there is audio again."""
        offset = self._anchor(timestamp) if self._base is None else self._offset(timestamp)
        if offset < self._next * FRAME_SAMPLES + self.JUMP_SAMPLES and len(self._rests) <= self._most:
            self._rests[max(self._next, -(-offset // FRAME_SAMPLES))] = level

    def put(self, timestamp: int, audio: bytes, *, marker: bool = False) -> Arrival:
        """Take a packet's audio (any whole number of samples). `timestamp` is the RTP header's."""
        if self._base is None or (marker and not self._frames):
            self._anchor(timestamp)
        offset = self._offset(timestamp)
        if offset >= self._next * FRAME_SAMPLES + self.JUMP_SAMPLES:
            self._clear()
            offset = self._anchor(timestamp)
        slot, into = divmod(offset, FRAME_SAMPLES)
        waits = slot - self._next
        if waits >= 0:
            self._late_in_a_row = 0
        else:
            self._late_in_a_row += 1
            passed = (self._next * FRAME_SAMPLES - offset) * self._sample_bytes
            if passed < len(audio):
                audio, slot, into = audio[passed:], self._next, 0
            elif self._late_in_a_row < self.LATE_IN_A_ROW or self._frames:
                return Arrival.LATE
            else:
                slot, into = divmod(self._anchor(timestamp), FRAME_SAMPLES)
                waits = slot - self._next
        self._watch(waits)
        if into == 0 and len(audio) == self._frame_bytes:
            self._frames[slot] = audio
            if self._present:
                self._present.pop(slot, None)
        else:
            self._lay(slot, into, audio)
        if slot - self._next > self._most or len(self._frames) > self._most:
            self._bound()
        return Arrival.TAKEN

    def pull(self) -> bytes | None:
        """The next 20 ms; None where nothing came (silence, or loss)."""
        if self._base is None:
            return None
        if self._surplus:
            self._adjust()
            if self._surplus < 0:
                self._surplus += 1
                self.held += 1
                return None
        slot = self._next
        self._next = slot + 1
        frame = self._frames.pop(slot, None)
        self.holes = _WHOLE & ~self._present.pop(slot, _WHOLE) if self._present else 0
        if frame is None:
            if self._rests:
                self._come_to_rest(slot)
        elif self.resting is not None:
            self.resting = None
        return frame

    @property
    def depth_frames(self) -> int:
        """Frames that wait."""
        return len(self._frames)

    def _watch(self, waits: int) -> None:
        """A packet came that has so many frames to wait."""
        self._put += 1
        self._waited = max(self._waited, waits)
        if self._put >= self.WATCHED or self._late_in_a_row >= self.LATE_IN_A_ROW:
            surplus = self._waited - self._depth
            if self._surplus <= 0:
                self._patience = self.PATIENCE
            self._surplus = surplus if surplus < 0 or surplus >= self.TOO_DEEP else 0
            self._waited, self._put = -self._most, 0
            self._late_in_a_row = 0

    def _adjust(self) -> None:
        """Leave a frame out of a buffer that is too deep, a quiet one if possible."""
        if self._surplus <= 0:
            return
        frame = self._frames.get(self._next)
        self._patience -= 1
        if frame is None or self._patience <= 0 or (self._sample_bytes == 2 and rms(frame) < self.QUIET):
            self._drop(self._next)
            self._next += 1
            self._surplus = 0
            self.skipped += 1

    def _anchor(self, timestamp: int) -> int:
        """Lay the timeline so that this timestamp is played `depth` ticks from now; its offset on it."""
        self._base = timestamp
        self._rests.clear()
        self._next = -self._depth
        self._late_in_a_row = 0
        self._surplus = 0
        self._waited, self._put = -self._most, 0
        return 0

    def _offset(self, timestamp: int) -> int:
        """Samples from the base: of the timestamps that are 2^32 apart, the one nearest to what is played now."""
        playing = self._next * FRAME_SAMPLES
        ahead = (timestamp - (self._base or 0) - playing) % _WRAP
        return playing + (ahead if ahead < _WRAP // 2 else ahead - _WRAP)

    def _lay(self, slot: int, into: int, audio: bytes) -> None:
        """Lay audio of another ptime, or off the grid, over the frames that it touches."""
        size, width = self._sample_bytes, self._frame_bytes
        start = into * size
        for at in range(-start, len(audio), width):
            piece = audio[max(0, at) : at + width]
            lead = start if at < 0 else 0
            there = ((1 << len(piece) // size) - 1) << lead // size
            under = self._frames.get(slot)
            if under is not None:
                there |= self._present.get(slot, _WHOLE)
                piece = under[:lead] + piece + under[lead + len(piece) :]
            else:
                piece = bytes(lead) + piece + bytes(width - lead - len(piece))
            self._frames[slot] = piece
            if there != _WHOLE:
                self._present[slot] = there
            elif self._present:
                self._present.pop(slot, None)
            slot += 1

    def _clear(self) -> None:
        self._frames.clear()
        self._present.clear()
        self._rests.clear()

    def _drop(self, slot: int) -> None:
        self._frames.pop(slot, None)
        self._present.pop(slot, None)

    def _come_to_rest(self, slot: int) -> None:
        due = [at for at in self._rests if at <= slot]
        if due:
            self.resting = self._rests[max(due)]
            for at in due:
                del self._rests[at]

    def _bound(self) -> None:
        newest = max(self._frames)
        if newest - self._next <= self._most:
            return
        start = newest - self._depth
        for slot in [slot for slot in self._frames if slot < start]:
            self._drop(slot)
            self.skipped += 1
        self._next = start
