"""WAV as servers stream it."""

from __future__ import annotations

import struct

UNKNOWN = 0xFFFFFFFF


def wav(
    samples: bytes, rate: int = 24_000, *, channels: int = 1, bits: int = 16, tag: int = 1, size: int | None = None
) -> bytes:
    size = len(samples) if size is None else size
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * width, width, bits)
    listed = b"LIST" + struct.pack("<I", 5) + b"INFO.\0"
    inside = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + listed + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", UNKNOWN) + inside + samples
