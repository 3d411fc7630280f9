"""The silence that a synthesiser ends with: what follows would wait for it. Pure."""

from __future__ import annotations

from media.audio.lead import PIECE_BYTES, loud
from media.audio.pcm import TELEPHONE_RATE
from media.audio.shaping import sunk

KEPT_MS = 200
"""What is kept of it: the pause of somebody who has ended a sentence and goes on."""
_KEPT_BYTES = TELEPHONE_RATE * KEPT_MS // 1000 * 2


class TailTrimmer:
    """Takes a stream's audio (16-bit, 8 kHz), and holds silence back until it is known that it is no tail.

    Speech is never held back: silence is, from 5 ms before the end of what is kept.
    """

    def __init__(self) -> None:
        self._held = b""
        self._room = 0
        """Bytes of silence that may be given until something is heard again."""
        self._heard = False

    def feed(self, samples: bytes) -> bytes:
        """What may be heard after this chunk."""
        both = self._held + samples
        end = _end_of_sound(both)
        if end:
            self._heard, self._room = True, _KEPT_BYTES - PIECE_BYTES
        ready = min(len(both), end + self._room)
        self._room -= ready - end
        self._held = both[ready:]
        return both[:ready]

    def finish(self) -> bytes:
        """The end of what is kept, going down to nothing; all of it where nothing was heard at all."""
        held, self._held = self._held, b""
        return sunk(held[:PIECE_BYTES]) if self._heard else held


def _end_of_sound(samples: bytes) -> int:
    """Bytes up to the last piece that is no silence."""
    last = len(samples) - len(samples) % PIECE_BYTES
    return next((min(at + PIECE_BYTES, len(samples)) for at in range(last, -1, -PIECE_BYTES) if loud(samples, at)), 0)
