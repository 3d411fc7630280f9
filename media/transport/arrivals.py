"""Timestamps for frames that come without any: a websocket tells what came, not when it was spoken. Pure.

Frames are taken to follow each other without a gap until they keep coming late: where 50 in a row are late by a
frame or more, so many are missing (lost on the caller's way to Asterisk, or their clock is slower); where one comes
after a long pause, a talkspurt begins.
"""

from __future__ import annotations

from media.audio.pcm import FRAME_MS, FRAME_SAMPLES

_FRAME_S = FRAME_MS / 1000
_PAUSE_S = 0.2
"""A frame that is so late begins a talkspurt: no jitter that a buffer makes up for is as long."""
_IN_A_ROW = 50
_SLACK_S = 0.0001


class Arrivals:
    """One call's frames as they come."""

    def __init__(self) -> None:
        self.missing = 0
        """Frames that should have come."""
        self.jitter_ms = 0.0
        """Interarrival jitter, smoothed by 1/16 (as in RFC 3550, section 6.4.1)."""
        self._next = 0
        """Frames up to the next one's timestamp."""
        self._origin: float | None = None
        """When the frame with timestamp 0 came, or would have at the earliest."""
        self._least_late_s = 0.0
        self._late_in_a_row = 0
        self._transit_s = 0.0

    def add(self, at: float) -> tuple[int, bool]:
        """A frame came at `at` seconds: its timestamp in samples, and whether a talkspurt begins with it."""
        begins = self._origin is None
        origin = at if self._origin is None else self._origin
        late_s = at - origin - self._next * _FRAME_S
        if late_s >= _PAUSE_S:
            begins = True
            self._jump(int(late_s / _FRAME_S), lost=False)
        elif late_s >= _FRAME_S - _SLACK_S:
            self._note_late(late_s)
        else:
            self._late_in_a_row = 0
            if late_s < 0:
                origin += late_s
        self._origin = origin
        self._note_jitter(at, begins=begins)
        frame = self._next
        self._next += 1
        return frame * FRAME_SAMPLES, begins

    def _note_late(self, late_s: float) -> None:
        """One more that is late: once there are enough, the least of their delays is frames that are missing."""
        self._least_late_s = min(self._least_late_s, late_s) if self._late_in_a_row else late_s
        self._late_in_a_row += 1
        if self._late_in_a_row >= _IN_A_ROW:
            self._jump(max(1, int((self._least_late_s + _SLACK_S) / _FRAME_S)), lost=True)

    def _jump(self, frames: int, *, lost: bool) -> None:
        self._next += frames
        self._late_in_a_row = 0
        if lost:
            self.missing += frames

    def _note_jitter(self, at: float, *, begins: bool) -> None:
        transit_s = at - self._next * _FRAME_S
        if not begins:
            change_ms = abs(transit_s - self._transit_s) * 1000
            self.jitter_ms += (change_ms - self.jitter_ms) / 16
        self._transit_s = transit_s
