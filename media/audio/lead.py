"""The silence that a synthesiser begins with: a caller waits through it in every turn. Pure."""

from __future__ import annotations

from media.audio.levels import rms, rms_of
from media.audio.pcm import TELEPHONE_RATE

SILENT_DBFS = -50.0
KEPT_MS = 10
"""What is kept of it, so that a soft consonant keeps its beginning."""
MOST_MS = 500
"""More than this is no lead: what is silent for so long is meant to be."""
PIECE_BYTES = TELEPHONE_RATE // 200 * 2
_KEPT_BYTES = TELEPHONE_RATE * KEPT_MS // 1000 * 2
_MOST_BYTES = TELEPHONE_RATE * MOST_MS // 1000 * 2
_SILENT_RMS = rms_of(SILENT_DBFS)


class LeadTrimmer:
    """Takes a stream's audio (16-bit, 8 kHz), and gives it without its lead. Chunks are of whole samples."""

    def __init__(self) -> None:
        self._lead: bytes | None = b""

    def feed(self, samples: bytes) -> bytes:
        """What may be heard after this chunk; nothing while all is silent."""
        if self._lead is None:
            return samples
        heard = self._lead + samples
        start = next((at for at in range(0, len(heard), PIECE_BYTES) if loud(heard, at)), None)
        if start is None and len(heard) <= _MOST_BYTES:
            self._lead = heard
            return b""
        self._lead = None
        return heard if start is None or start > _MOST_BYTES else heard[max(0, start - _KEPT_BYTES) :]

    def finish(self) -> bytes:
        """What was held back of a stream that was silent throughout."""
        lead, self._lead = self._lead or b"", None
        return lead


def loud(samples: bytes, at: int) -> bool:
    """Whether the piece of 5 ms that begins there is no silence."""
    return rms(samples[at : at + PIECE_BYTES]) > _SILENT_RMS
