"""One RTP packet: parsed and serialised (RFC 3550, section 5.1)."""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import NamedTuple

VERSION = 2
HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_PADDING, _EXTENDED, _CSRC_COUNT, _MARKER = 0x20, 0x10, 0x0F, 0x80
_RTCP = range(192, 224)
"""Second bytes that are RTCP packet types when both share a port (RFC 5761, section 4)."""


class Malformed(StrEnum):
    """Why a datagram is no RTP packet."""

    SHORT = "shorter than its header says"
    VERSION = "not version 2"
    RTCP = "an RTCP packet"
    PADDING = "padding that is empty or longer than the payload"


class MalformedPacketError(ValueError):
    """A datagram that is no RTP packet."""

    def __init__(self, reason: Malformed) -> None:
        super().__init__(f"expected an RTP packet, got one that is {reason}")
        self.reason = reason


class Extension(NamedTuple):
    """A header extension: `data` is a multiple of 4 bytes (RFC 3550, section 5.3.1)."""

    profile: int
    data: bytes


class RtpPacket(NamedTuple):
    """An RTP packet without its padding."""

    payload_type: int
    sequence: int
    """16 bits, wrapping."""
    timestamp: int
    """32 bits, wrapping; samples of the payload's clock."""
    ssrc: int
    payload: bytes
    marker: bool = False
    csrc: tuple[int, ...] = ()
    extension: Extension | None = None

    def __bytes__(self) -> bytes:
        """The packet as it goes over the wire, unpadded. Raises `ValueError` for fields that don't fit."""
        if len(self.csrc) > 15:
            raise ValueError(f"at most 15 CSRCs fit an RTP header, got {len(self.csrc)}")
        first = VERSION << 6 | len(self.csrc) | (_EXTENDED if self.extension else 0)
        second = self.payload_type | (_MARKER if self.marker else 0)
        try:
            header = HEADER.pack(first, second, self.sequence, self.timestamp, self.ssrc)
            return header + struct.pack(f"!{len(self.csrc)}I", *self.csrc) + _extension(self.extension) + self.payload
        except struct.error as error:
            raise ValueError(f"a field of {self!r} does not fit its place: {error}") from error


_new = tuple.__new__
"""Half the time of `RtpPacket(...)`, for the one kind of packet that comes 50 times a second a call."""


def parse(datagram: bytes) -> RtpPacket:
    """Read a datagram.

    Raises `MalformedPacketError`, and nothing else, for whatever bytes come.
    """
    if len(datagram) < HEADER.size:
        raise MalformedPacketError(Malformed.SHORT)
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(datagram)
    if first == VERSION << 6 and second not in _RTCP:
        fields = (second & 0x7F, sequence, timestamp, ssrc, datagram[12:], second >= _MARKER, (), None)
        return _new(RtpPacket, fields)
    if first >> 6 != VERSION:
        raise MalformedPacketError(Malformed.VERSION)
    if second in _RTCP:
        raise MalformedPacketError(Malformed.RTCP)
    csrc, start = _read_csrc(datagram, first & _CSRC_COUNT)
    extension, start = _read_extension(datagram, start) if first & _EXTENDED else (None, start)
    end = _payload_end(datagram, start) if first & _PADDING else len(datagram)
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, datagram[start:end], second >= _MARKER, csrc, extension)


def _extension(extension: Extension | None) -> bytes:
    if extension is None:
        return b""
    if len(extension.data) % 4:
        raise ValueError(f"an RTP header extension has a multiple of 4 bytes, got {len(extension.data)}")
    return _EXTENSION.pack(extension.profile, len(extension.data) // 4) + extension.data


def _read_csrc(datagram: bytes, count: int) -> tuple[tuple[int, ...], int]:
    end = HEADER.size + 4 * count
    if len(datagram) < end:
        raise MalformedPacketError(Malformed.SHORT)
    return struct.unpack_from(f"!{count}I", datagram, HEADER.size), end


def _read_extension(datagram: bytes, start: int) -> tuple[Extension, int]:
    if len(datagram) < start + _EXTENSION.size:
        raise MalformedPacketError(Malformed.SHORT)
    profile, words = _EXTENSION.unpack_from(datagram, start)
    start += _EXTENSION.size
    end = start + 4 * words
    if len(datagram) < end:
        raise MalformedPacketError(Malformed.SHORT)
    return Extension(profile, datagram[start:end]), end


def _payload_end(datagram: bytes, start: int) -> int:
    padding = datagram[-1]
    if not 0 < padding <= len(datagram) - start:
        raise MalformedPacketError(Malformed.PADDING)
    return len(datagram) - padding
