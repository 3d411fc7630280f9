"""Keys as named telephone events (RFC 4733, section 2.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from media.audio.pcm import FRAME_MS, FRAME_SAMPLES

KEYS = "0123456789*#ABCD"
"""The key of each event code (RFC 4733, section 3.2)."""
VOLUME = 10
"""-10 dBm0."""
FINAL_PACKETS = 3
"""How often the end of an event is sent (section 2.5.1.4)."""


@dataclass(frozen=True, slots=True)
class EventPayload:
    """One packet of an event. `duration` counts samples since its beginning."""

    code: int
    end: bool
    duration: int

    @property
    def key(self) -> str:
        """The key; "?" for an event that is none."""
        return KEYS[self.code] if self.code < len(KEYS) else "?"

    def pack(self) -> bytes:
        """The payload on the wire."""
        return struct.pack("!BBH", self.code, (0x80 if self.end else 0) | VOLUME, self.duration)


def read_event(payload: bytes) -> EventPayload | None:
    """The event of an RTP payload; None when it is none."""
    if len(payload) < 4:
        return None
    code, flags, duration = struct.unpack_from("!BBH", payload)
    return EventPayload(code, bool(flags & 0x80), duration)


def key_packets(key: str, press_ms: int = 100) -> tuple[EventPayload, ...]:
    """The packets of one key press, one every 20 ms; the last is to be sent `FINAL_PACKETS` times at once.

    Raises `ValueError` for what is no key of a telephone.
    """
    code = KEYS.find(key.upper()) if len(key) == 1 else -1
    if code < 0:
        raise ValueError(f"expected a key, one of {KEYS}, got {key!r}")
    frames = max(2, press_ms // FRAME_MS)
    return tuple(EventPayload(code, n == frames, n * FRAME_SAMPLES) for n in range(1, frames + 1))
