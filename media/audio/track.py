"""An utterance as it is played: tracks of audio that may still be coming, taken a frame at a time. Pure.

Where audio comes more slowly than it is played, its end is faded and what follows rises from silence: no click.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from media.audio.lead import PIECE_BYTES, loud
from media.audio.ledger import heard
from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE
from media.audio.shaping import risen, sunk

FADE_AHEAD_BYTES = TELEPHONE_RATE * 3 // 1000 * 2
"""With less than 3 ms behind a frame, that frame is the one to fade: the rest would be too short."""
REFILL_BYTES = 2 * FRAME_BYTES
"""After it ran dry, so much must have come before it goes on: one pause instead of a stutter."""


@dataclass(slots=True)
class Track:
    """One text's or file's audio, of which some may still have to come."""

    text: str
    complete: bool = False
    played: int = 0
    """Bytes."""
    total: int = 0
    """Bytes that have come."""
    _chunks: deque[bytes] = field(default_factory=deque)
    _offset: int = 0

    def feed(self, samples: bytes) -> None:
        """Take more audio. Raises `ValueError` for half a sample."""
        if len(samples) % 2:
            raise ValueError(f"16-bit audio comes in whole samples, got {len(samples)} bytes")
        if samples:
            self._chunks.append(samples)
            self.total += len(samples)

    def take(self, size: int) -> bytes:
        """The next bytes, fewer when no more are there."""
        taken = b""
        while self._chunks and len(taken) < size:
            head = self._chunks[0]
            end = self._offset + size - len(taken)
            piece = head[self._offset : end]
            taken = taken + piece if taken else piece
            if end >= len(head):
                self._chunks.popleft()
                end = 0
            self._offset = end
        self.played += len(taken)
        return taken

    def give_up(self) -> None:
        """No more will come, though there should: its text is what this much audio says."""
        self.text = heard(self.text, self.total // 2, self.total // 2, complete=False)
        self.complete = True

    @property
    def done(self) -> bool:
        """Whether everything was played that ever will come."""
        return self.complete and not self._chunks

    @property
    def heard(self) -> str:
        """Its text, as far as it was played; all of it where only silence is left."""
        if self.complete and self.played and self._only_silence:
            return self.text
        return heard(self.text, self.played // 2, self.total // 2, complete=self.complete)

    @property
    def _only_silence(self) -> bool:
        at = self._offset
        for chunk in self._chunks:
            if any(loud(chunk, place) for place in range(at, len(chunk), PIECE_BYTES)):
                return False
            at = 0
        return True


@dataclass(slots=True)
class Playing:
    """One utterance in the queue. Whoever renders it feeds its tracks, and marks each `complete`."""

    id: str
    barge_in: bool
    tracks: tuple[Track, ...]
    cut: bool = False
    """It was thrown away: rendering it further is in vain."""
    started: bool = False
    soft: bool = False
    """Whether it was interrupted: what it gives next rises from silence."""
    _at: int = 0
    _dry: bool = False

    def frame(self) -> bytes:
        """20 ms, or less where no more has come yet; nothing while it fills up again."""
        if self._dry and self._filling:
            return b""
        self._dry = False
        piece = self.take(FRAME_BYTES)
        if self.soft and piece:
            self.soft = False
            piece = risen(piece)
        if self._running_dry:
            self.soft = True
            self._dry = len(piece) < FRAME_BYTES
            piece = sunk(piece)
        return piece

    def take(self, size: int) -> bytes:
        """Up to so many bytes of audio as they are, over the joins of tracks."""
        taken = b""
        while self._at < len(self.tracks):
            track = self.tracks[self._at]
            piece = track.take(size - len(taken))
            taken = taken + piece if taken else piece
            if not track.done:
                break
            self._at += 1
            if len(taken) == size:
                break
        return taken

    @property
    def begun(self) -> bool:
        """Whether any of it was taken."""
        return self._at > 0 or bool(self.tracks and self.tracks[0].played)

    @property
    def done(self) -> bool:
        """Whether its last sample was taken."""
        at, tracks = self._at, self.tracks
        while at < len(tracks):
            if not tracks[at].done:
                return False
            at += 1
        return True

    @property
    def heard(self) -> str:
        """Its text, as far as it was played."""
        return " ".join(text for track in self.tracks if (text := track.heard))

    @property
    def waiting_ms(self) -> float:
        """Milliseconds of audio that have come and were not played."""
        return sum(track.total - track.played for track in self.tracks) * 500 / TELEPHONE_RATE

    @property
    def _running_dry(self) -> bool:
        """Whether what follows has not come, in the middle of a track."""
        if self._at >= len(self.tracks):
            return False
        track = self.tracks[self._at]
        return not track.complete and 0 < track.played > track.total - FADE_AHEAD_BYTES

    @property
    def _filling(self) -> bool:
        if self._at >= len(self.tracks):
            return False
        track = self.tracks[self._at]
        return not track.complete and track.total - track.played < REFILL_BYTES
