"""Linear audio that carries its sample rate, so that it can't be fed to a model at the wrong one."""

from __future__ import annotations

from dataclasses import dataclass

TELEPHONE_RATE = 8000
"""Hz of every frame on a call (G.711, RFC 3551)."""
FRAME_MS = 20
"""Milliseconds of a frame: the ptime of the trunk and of the ticker."""
FRAME_SAMPLES = TELEPHONE_RATE * FRAME_MS // 1000
"""Samples, and G.711 bytes, of a frame."""
FRAME_BYTES = FRAME_SAMPLES * 2
"""Bytes of a frame of linear audio."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """Mono audio: 16-bit signed little-endian samples at `rate` Hz."""

    rate: int
    samples: bytes

    @property
    def duration_ms(self) -> float:
        """Milliseconds of audio."""
        return len(self.samples) * 500 / self.rate
