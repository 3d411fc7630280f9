"""G.711 (ITU-T), the telephone's audio: one byte a sample at 8 kHz, with its RTP payload type (RFC 3551)."""

from __future__ import annotations

import audioop
from dataclasses import dataclass

from media.audio.pcm import FRAME_SAMPLES


@dataclass(frozen=True, slots=True)
class G711:
    """One of the two companding laws: a codec without state, so its own encoder and decoder."""

    name: str
    payload_type: int
    silence: bytes
    """20 ms of silence."""
    frame_bytes: int = FRAME_SAMPLES
    unit_bytes: int = 1
    stateful: bool = False

    def encode(self, linear: bytes) -> bytes:
        """Two bytes of linear audio to one byte of G.711."""
        return audioop.lin2alaw(linear, 2) if self.payload_type == 8 else audioop.lin2ulaw(linear, 2)

    def quiet(self) -> bytes:
        """20 ms of silence."""
        return self.silence

    def decode(self, payload: bytes) -> bytes:
        """One byte of G.711 to two bytes of linear audio."""
        return audioop.alaw2lin(payload, 2) if self.payload_type == 8 else audioop.ulaw2lin(payload, 2)

    def encoder(self) -> G711:
        """Itself."""
        return self

    def decoder(self) -> G711:
        """Itself."""
        return self


ALAW = G711("alaw", 8, b"\xd5" * FRAME_SAMPLES)
ULAW = G711("ulaw", 0, b"\xff" * FRAME_SAMPLES)

BY_PAYLOAD_TYPE = {codec.payload_type: codec for codec in (ALAW, ULAW)}
"""The laws by static RTP payload type."""
