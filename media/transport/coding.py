"""How 20 ms of audio stand on ExternalMedia's websocket, by Asterisk's name of the format. Little endian (on RTP: big).

A coding is one direction's pair for one call: those that change the rate carry audio over from frame to frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from media.audio.g711 import ALAW, G711, ULAW
from media.audio.octave import Doubler, Halver
from media.audio.pcm import FRAME_BYTES


class Coding(Protocol):
    """Between 16-bit linear audio at 8 kHz and what is on the wire."""

    @property
    def frame_bytes(self) -> int:
        """Bytes of 20 ms on the wire."""

    def encode(self, frame: bytes | None) -> bytes:
        """20 ms for the wire; None is silence."""

    def decode(self, payload: bytes) -> bytes:
        """What came, a whole number of frames, as linear audio."""


class Companded:
    """G.711."""

    frame_bytes = FRAME_BYTES // 2

    def __init__(self, law: G711) -> None:
        self._law = law

    def encode(self, frame: bytes | None) -> bytes:
        """One byte a sample."""
        return self._law.silence if frame is None else self._law.encode(frame)

    def decode(self, payload: bytes) -> bytes:
        """Two bytes a sample."""
        return self._law.decode(payload)


class Linear:
    """slin: as it is."""

    frame_bytes = FRAME_BYTES
    _SILENT = bytes(FRAME_BYTES)

    def encode(self, frame: bytes | None) -> bytes:
        """The frame."""
        return self._SILENT if frame is None else frame

    def decode(self, payload: bytes) -> bytes:
        """The payload."""
        return payload


class Wideband:
    """slin16: 16 kHz on the wire."""

    frame_bytes = 2 * FRAME_BYTES
    _SILENT = bytes(FRAME_BYTES)

    def __init__(self) -> None:
        self._doubler = Doubler()
        self._halver = Halver()
        self._silent_for = 0

    def encode(self, frame: bytes | None) -> bytes:
        """Twice the samples."""
        self._silent_for = 0 if frame is not None else self._silent_for + 1
        if self._silent_for > 1:
            return bytes(self.frame_bytes)
        return self._doubler.feed(frame or self._SILENT)

    def decode(self, payload: bytes) -> bytes:
        """Half the samples, without what telephones don't carry."""
        return self._halver.feed(payload)


CODINGS: Mapping[str, Callable[[], Coding]] = {
    "alaw": lambda: Companded(ALAW),
    "ulaw": lambda: Companded(ULAW),
    "slin": Linear,
    "slin16": Wideband,
}
"""By Asterisk's name of the format."""
