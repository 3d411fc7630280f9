"""The agent's timeline: utterances and music in, 20 ms frames out, and a ledger of what was heard. Pure.

Audio is 16-bit linear at 8 kHz and may arrive while it is being played. An utterance is made of tracks (a text or a
sound file each) that join without a gap. What was played is known to the sample. Music stands in the same queue, and
holds up what is behind it until it is stopped; an utterance that may be said over it is mixed with it, ducked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from media.audio.ducking import Ducking, mixed
from media.audio.levels import rms, rms_of
from media.audio.music import Music
from media.audio.pcm import FRAME_BYTES
from media.audio.shaping import FADE_BYTES, faded
from media.audio.track import Playing, Track

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


class Player:
    """One call's mouth. `pull` once a tick; `take_events` after it, and after `cut`."""

    def __init__(self) -> None:
        self._queue: deque[Playing] = deque()
        """What comes before the music, or all where there is none."""
        self._over: deque[Playing] = deque()
        """What is said over the music."""
        self._behind: deque[Playing] = deque()
        """What waits for the music's end."""
        self._music: Music | None = None
        self._ducking = Ducking()
        self._tail: bytes | None = None
        """The fade of what was stopped: part of the next frame, whatever else that is."""
        self._events: list[PlayerEvent] = []
        self.paused = False
        """Whether what is said stands still (`pause`)."""
        self.underruns = 0
        """Frames that had to be filled because audio came more slowly than it was played."""

    def add(self, utterance: str, texts: Sequence[str], *, barge_in: bool = True, over_music: bool = False) -> Playing:
        """Queue an utterance of as many tracks as texts ("" for a sound file). Raises `QueueFullError`.

        `over_music`: while music plays it is said at once, and the music goes down meanwhile; else it waits.
        """
        if len(self._queue) + len(self._over) + len(self._behind) >= MOST_QUEUED:
            raise QueueFullError(f"{MOST_QUEUED} utterances wait to be said already: {utterance!r} is left out")
        playing = Playing(utterance, barge_in, tuple(Track(text) for text in texts))
        if self._music is None:
            self._queue.append(playing)
        else:
            (self._over if over_music else self._behind).append(playing)
        return playing

    def play_music(self, music: Music) -> None:
        """Play it once all that is queued now has been played, until `stop_music`."""
        self.stop_music()
        self._music, self._ducking = music, Ducking()

    def stop_music(self) -> None:
        """End it; the frame that follows fades it out. What is said over it goes on."""
        if self._music and self._music.playing:
            self._fade_out(self._ducking.music(self._music.take(), under_speech=bool(self._over)))
        self._music = None
        self._queue += self._over + self._behind
        self._over, self._behind = deque(), deque()

    def pull(self) -> bytes | None:
        """The next 20 ms; None for silence. What the last frame ended counts as played from here."""
        if not self._queue and self._music is None and self._tail is None:
            return None
        frame = self._speech(self._queue) if self._queue else None
        if self._music is not None and not self._queue:
            frame = self._with_music(self._music)
        if self._tail is not None:
            tail, self._tail = self._tail, None
            return tail if frame is None else mixed(tail, frame)
        return frame

    def pause(self) -> None:
        """Let what is said stand still, music apart; the frame that follows fades it out. Idempotent."""
        if not self.paused and (lane := self._lane):
            self._fade_out(lane[0].take(FADE_BYTES))
        self.paused = True

    def resume(self) -> None:
        """Go on at the sample where it stood still, rising from silence. Idempotent."""
        if self.paused and (lane := self._lane):
            lane[0].soft = True
        self.paused = False

    def cut(self) -> None:
        """Throw away what may be cut, music apart; the frame that follows fades out what was playing."""
        lane = self._lane
        head = lane[0] if lane else None
        for playing in self._all:
            if not playing.barge_in:
                continue
            reached = playing is head or playing.begun
            complete, said = reached and playing.done, playing.heard if reached else ""
            if playing is head and not complete and not self.paused:
                self._fade_out(playing.take(FADE_BYTES))
            playing.cut = True
            self._finish(playing, complete=complete, said=said)
        self._queue, self._over, self._behind = (
            deque(playing for playing in lane if not playing.cut) for lane in (self._queue, self._over, self._behind)
        )
        self.resume()

    def take_events(self) -> Sequence[PlayerEvent]:
        """What happened since the last time, in order."""
        if not self._events:
            return ()
        events, self._events = self._events, []
        return events

    @property
    def speaking(self) -> bool:
        """Whether anything is playing or queued, music apart."""
        return bool(self._queue or self._over or self._behind)

    @property
    def interruptible(self) -> bool:
        """Whether what is playing may be cut (True in silence)."""
        return next((playing.barge_in for playing in self._all), True)

    @property
    def remaining_ms(self) -> float | None:
        """Milliseconds until all that is queued has been played; None while some of it is still being made."""
        if all(track.complete for playing in self._all for track in playing.tracks):
            return sum(playing.waiting_ms for playing in self._all)
        return None

    @property
    def _all(self) -> chain[Playing]:
        return chain(self._queue, self._over, self._behind)

    @property
    def _lane(self) -> deque[Playing]:
        """Where what is said now stands."""
        return self._over if self._music is not None and not self._queue else self._queue

    def _speech(self, lane: deque[Playing]) -> bytes | None:
        while lane and lane[0].done:
            self._finish(lane.popleft(), complete=True)
        return self._frame(lane[0]) if lane and not self.paused else None

    def _with_music(self, music: Music) -> bytes:
        speech = self._speech(self._over)
        under = self._ducking.music(music.take(), under_speech=bool(self._over) and self._over[0].begun)
        return under if speech is None else mixed(under, speech)

    def _frame(self, head: Playing) -> bytes | None:
        frame = head.frame()
        if len(frame) < FRAME_BYTES:
            if head.begun and not head.done:
                self.underruns += 1
            if not frame:
                return None
            frame = frame.ljust(FRAME_BYTES, b"\0")
        if not head.started and rms(frame) > _VOICED_RMS:
            head.started = True
            self._events.append(Started(head.id))
        return frame

    def _fade_out(self, piece: bytes) -> None:
        fade = faded(piece)
        self._tail = fade if self._tail is None or fade is None else mixed(self._tail, fade)

    def _finish(self, playing: Playing, *, complete: bool, said: str | None = None) -> None:
        self._events.append(Finished(playing.id, playing.heard if said is None else said, complete))
