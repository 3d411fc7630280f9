"""The frames between Mercury and a worker process, over the worker's standard input and output.

A frame is its payload's length (4 bytes, big-endian), its kind (1 byte), its job (4 bytes), then the payload.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

HEADER = struct.Struct("!IBI")
MAX_PAYLOAD = 8 * 1024 * 1024
"""Bytes: over four minutes of 16-bit 16 kHz audio."""


class Kind(IntEnum):
    """What a frame says. RUN and CANCEL go to the worker, the others come from it."""

    RUN = 1
    CANCEL = 2
    READY = 3
    CHUNK = 4
    DONE = 5
    FAILED = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. `job` is 0 where none is meant (READY, and FAILED before it)."""

    kind: Kind
    job: int = 0
    payload: bytes = b""

    def encode(self) -> bytes:
        """The frame's bytes. Raises `ValueError` past MAX_PAYLOAD."""
        if len(self.payload) > MAX_PAYLOAD:
            raise ValueError(f"a payload of {len(self.payload)} bytes; at most {MAX_PAYLOAD} fit")
        return HEADER.pack(len(self.payload), self.kind, self.job) + self.payload


def parse_header(data: bytes) -> tuple[Kind, int, int]:
    """Kind, job and length of the payload that follows. Raises `ValueError` for bytes that are no header."""
    length, kind, job = HEADER.unpack(data)
    if length > MAX_PAYLOAD:
        raise ValueError(f"a frame of {length} bytes was announced; at most {MAX_PAYLOAD} are accepted")
    return Kind(kind), job, length


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame of a blocking stream, None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, job, length = parse_header(header)
    payload = stream.read(length)
    return Frame(kind, job, payload) if len(payload) == length else None
