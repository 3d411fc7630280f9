"""The agent's timeline: utterances and music in, 20 ms frames out, and a ledger of what was heard. Pure.

Audio is 16-bit linear at 8 kHz and may arrive while it is being played. An utterance is made of tracks (a text or a
sound file each) that join without a gap. What was played is known to the sample. Music stands in the same queue, and
holds up what is behind it until it is stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from media.audio.ledger import heard
from media.audio.levels import rms, rms_of
from media.audio.music import Music
from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE
from media.audio.shaping import faded, risen

VOICED_DBFS = -50.0
"""A frame above this is heard as the agent's voice."""
MOST_QUEUED = 64
"""Utterances that may wait; a call that queues more has lost its way."""
_VOICED_RMS = rms_of(VOICED_DBFS)


@dataclass(frozen=True, slots=True)
class Started:
    """The frame just given is the utterance's first voiced one."""

    utterance: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An utterance's last sample has been played, or it was cut."""

    utterance: str
    heard: str
    complete: bool


PlayerEvent = Started | Finished


class QueueFullError(Exception):
    """More utterances than `MOST_QUEUED` wait."""


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
        """Its text, as far as it was played."""
        return heard(self.text, self.played // 2, self.total // 2, complete=self.complete)


@dataclass(slots=True)
class Playing:
    """One utterance in the queue. Whoever renders it feeds its tracks, and marks each `complete`."""

    id: str
    barge_in: bool
    tracks: tuple[Track, ...]
    cut: bool = False
    """It was thrown away: rendering it further is in vain."""
    started: bool = False
    _at: int = 0

    def take(self) -> bytes:
        """Up to a frame of audio, over the joins of tracks."""
        taken = b""
        while self._at < len(self.tracks):
            track = self.tracks[self._at]
            piece = track.take(FRAME_BYTES - len(taken))
            taken = taken + piece if taken else piece
            if not track.done:
                break
            self._at += 1
            if len(taken) == FRAME_BYTES:
                break
        return taken

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


class Player:
    """One call's mouth. `pull` once a tick; `take_events` after it, and after `cut`."""

    def __init__(self) -> None:
        self._queue: deque[Playing] = deque()
        self._music: Music | None = None
        self._before_music = 0
        """Utterances of the queue that come before the music."""
        self._fade: bytes | None = None
        self._events: list[PlayerEvent] = []
        self._rise = False
        self.paused = False
        """Whether what is said stands still (`pause`)."""
        self.underruns = 0
        """Frames that had to be filled because audio came more slowly than it was played."""

    def add(self, utterance: str, texts: Sequence[str], *, barge_in: bool = True) -> Playing:
        """Queue an utterance of as many tracks as texts ("" for a sound file). Raises `QueueFullError`."""
        if len(self._queue) >= MOST_QUEUED:
            raise QueueFullError(f"{MOST_QUEUED} utterances wait to be said already: {utterance!r} is left out")
        playing = Playing(utterance, barge_in, tuple(Track(text) for text in texts))
        self._queue.append(playing)
        return playing

    def play_music(self, music: Music) -> None:
        """Play it once all that is queued now has been played, until `stop_music`."""
        self.stop_music()
        self._music, self._before_music = music, len(self._queue)

    def stop_music(self) -> None:
        """End it; the frame that follows fades it out."""
        if self._music and self._music.playing and self._fade is None:
            self._fade = faded(self._music.take())
        self._music = None

    def pull(self) -> bytes | None:
        """The next 20 ms; None for silence. What the last frame ended counts as played from here."""
        queue = self._queue
        if not queue and self._fade is None and self._music is None:
            return None
        if self._fade is not None:
            frame, self._fade = self._fade, None
            return frame
        while queue and not self._music_now and queue[0].done:
            self._finish(queue.popleft(), complete=True)
            self._before_music -= 1
        if self._music and self._music_now:
            return self._music.take()
        if not queue or self.paused:
            return None
        frame = self._frame(queue[0])
        if self._rise and frame is not None:
            self._rise = False
            return risen(frame)
        return frame

    def pause(self) -> None:
        """Let what is said stand still, music apart; the frame that follows fades it out. Idempotent."""
        if self.paused:
            return
        self.paused = True
        if self._queue and not self._music_now and self._fade is None:
            self._fade = faded(self._queue[0].take())

    def resume(self) -> None:
        """Go on at the sample where it stood still, rising from silence. Idempotent."""
        self._rise = self._rise or self.paused
        self.paused = False

    def cut(self) -> None:
        """Throw away what may be cut, music apart; the frame that follows fades out what was playing."""
        head = self._queue[0] if self._queue and not self._music_now else None
        kept: deque[Playing] = deque()
        before_music = 0
        for index, playing in enumerate(self._queue):
            if not playing.barge_in:
                kept.append(playing)
                before_music += index < self._before_music
                continue
            complete = playing.done
            said = playing.heard
            if playing is head and not complete and not self.paused:
                self._fade = faded(playing.take())
            playing.cut = True
            self._finish(playing, complete=complete, said=said)
        self._queue, self._before_music = kept, before_music
        self.paused = self._rise = False

    def take_events(self) -> Sequence[PlayerEvent]:
        """What happened since the last time, in order."""
        if not self._events:
            return ()
        events, self._events = self._events, []
        return events

    @property
    def speaking(self) -> bool:
        """Whether anything is playing or queued, music apart."""
        return bool(self._queue)

    @property
    def interruptible(self) -> bool:
        """Whether what is playing may be cut (True in silence)."""
        return not self._queue or self._queue[0].barge_in

    @property
    def remaining_ms(self) -> float | None:
        """Milliseconds until all that is queued has been played; None while some of it is still being made."""
        if all(track.complete for playing in self._queue for track in playing.tracks):
            return sum(playing.waiting_ms for playing in self._queue)
        return None

    @property
    def _music_now(self) -> bool:
        """Whether it is the music's turn."""
        return self._music is not None and self._before_music <= 0

    def _frame(self, head: Playing) -> bytes | None:
        frame = head.take()
        if len(frame) < FRAME_BYTES:
            if not head.done:
                self.underruns += 1
            if not frame:
                return None
            frame = frame.ljust(FRAME_BYTES, b"\0")
        if not head.started and rms(frame) > _VOICED_RMS:
            head.started = True
            self._events.append(Started(head.id))
        return frame

    def _finish(self, playing: Playing, *, complete: bool, said: str | None = None) -> None:
        self._events.append(Finished(playing.id, playing.heard if said is None else said, complete))
