"""Linear audio as it is sent: big endian over RTP (L16, RFC 3551, 4.5.11), little endian on Asterisk's websocket."""

from __future__ import annotations

import audioop
from dataclasses import dataclass

from media.audio.codecs.halfband import Doubler, Halver
from media.audio.codecs.protocol import Decoder, Encoder
from media.audio.pcm import FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Slin:
    """8 kHz: a codec without state, so its own encoder and decoder."""

    payload_type: int | None
    big_endian: bool
    name: str = "slin"
    frame_bytes: int = FRAME_BYTES
    unit_bytes: int = 2
    stateful: bool = False
    silence: bytes = bytes(FRAME_BYTES)

    def encode(self, linear: bytes) -> bytes:
        """The bytes of each sample, in the order of the wire."""
        return audioop.byteswap(linear, 2) if self.big_endian else linear

    def quiet(self) -> bytes:
        """20 ms of silence."""
        return self.silence

    def decode(self, payload: bytes) -> bytes:
        """The bytes of each sample, in our order."""
        return audioop.byteswap(payload, 2) if self.big_endian else payload

    def encoder(self) -> Slin:
        """Itself."""
        return self

    def decoder(self) -> Slin:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True)
class Slin16:
    """16 kHz, little endian: for the websocket alone (over RTP Asterisk takes none back)."""

    name: str = "slin16"
    payload_type: int | None = None
    frame_bytes: int = 2 * FRAME_BYTES
    unit_bytes: int = 4
    stateful: bool = True
    silence: bytes = bytes(2 * FRAME_BYTES)

    def encoder(self) -> Encoder:
        """With a filter of its own."""
        return _Slin16Encoder()

    def decoder(self) -> Decoder:
        """With a filter of its own."""
        return _Slin16Decoder()


class _Slin16Encoder:
    __slots__ = ("_doubler",)

    def __init__(self) -> None:
        self._doubler = Doubler()

    def encode(self, linear: bytes) -> bytes:
        return self._doubler.feed(linear)

    def quiet(self) -> bytes:
        return self._doubler.feed(bytes(FRAME_BYTES))


class _Slin16Decoder:
    __slots__ = ("_halver",)

    def __init__(self) -> None:
        self._halver = Halver()

    def decode(self, payload: bytes) -> bytes:
        return self._halver.feed(payload)
