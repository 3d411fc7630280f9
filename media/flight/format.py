"""What a flight log is made of, byte by byte. Pure.

A file is `MAGIC`, then pieces: length and CRC-32 of what follows (32 bits each, little-endian), then records. A piece
can be read without those before it: its first record is a `TIME`. A record is a byte that says which one it is, then:

| record | bytes |
|---|---|
| frame of the caller's (bit 7) | step, level (8 bits, or 16 with bit 2); bit 0 voiced, bit 1 loud |
| `TIME` | the clock's time, a 64-bit float |
| `TICK` of the turns | step |
| `ACTIONS` that followed | how many (8 bits), a code each |
| `AGENT` | the agent's level in this tick, 8 bits: of an exponent and of a fraction four each |
| `INPUT` of the turns | step, length (32 bits), JSON: the method, its arguments but `at` |
| `NOTE` | step, length (32 bits), JSON: kind, facts |
| `GAP` | how many pieces before this one could not be written (32 bits) |

A step is 16 bits with a sign: microseconds since the record before; 0 is its very time. A time that is no whole number
of microseconds, or too far off, is a `TIME` and a step of 0: every time comes back bit by bit.
"""

from __future__ import annotations

import struct

VERSION = 1
MAGIC_START = b"mercury flight "
MAGIC = MAGIC_START + b"%d\n" % VERSION
PIECE = struct.Struct("<II")
LARGEST_PIECE = 4 * 1024 * 1024

TIME, TICK, ACTIONS, AGENT, INPUT, NOTE, GAP = range(1, 8)
FRAME = 0x80
VOICED, LOUD, WIDE = 1, 2, 4

NARROW_FRAME = struct.Struct("<BhB")
WIDE_FRAME = struct.Struct("<BhH")
TIME_RECORD = struct.Struct("<Bd")
STEP_RECORD = struct.Struct("<Bh")
BYTE_RECORD = struct.Struct("<BB")
TEXT_RECORD = struct.Struct("<BhI")
COUNT_RECORD = struct.Struct("<BI")
MOST_STEP_US = 0x7FFF


class FlightError(ValueError):
    """A flight log that can't be read or replayed; the text says what was expected and what came."""


def time_of(microseconds: int) -> float:
    """Seconds, as the clock gave them (media/clock.py)."""
    return microseconds / 1e6


def short_level(level: int) -> int:
    """A level of 16-bit samples in 8 bits, within 6 %: how many bits it has, and the four below the first."""
    bits = min(level, 0x7FFF).bit_length()
    return bits << 4 | (level << 4 >> bits - 1) & 15 if bits else 0


def level_of(short: int) -> int:
    """The level that `short_level` made short."""
    bits = short >> 4
    return (16 | short & 15) << bits - 1 >> 4 if bits else 0
