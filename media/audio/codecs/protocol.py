"""What a codec is to a transport. Linear audio is 16-bit signed little endian at 8 kHz on this side of it, always."""

from __future__ import annotations

from typing import Protocol


class Encoder(Protocol):
    """One stream towards Asterisk. May hold state (ADPCM, filters): every frame goes through it, silence too."""

    def encode(self, linear: bytes) -> bytes:
        """The payload of a whole number of samples; `frame_bytes` of it for a frame of 20 ms."""

    def quiet(self) -> bytes:
        """The payload of 20 ms of silence, in step with what went before."""


class Decoder(Protocol):
    """One stream from Asterisk, fed in order. May hold state."""

    def decode(self, payload: bytes) -> bytes:
        """The linear audio of a payload: a multiple of the codec's `unit_bytes`; for any content."""


class Codec(Protocol):
    """A format by Asterisk's name for it."""

    @property
    def name(self) -> str:
        """As Asterisk spells it: `alaw`, `ulaw`, `g722`, `slin`, `slin16`."""

    @property
    def payload_type(self) -> int | None:
        """The static RTP payload type (RFC 3551, section 6); None for a format that has none."""

    @property
    def frame_bytes(self) -> int:
        """Bytes of 20 ms."""

    @property
    def unit_bytes(self) -> int:
        """Bytes that are one sample at 8 kHz: every payload is a whole number of them."""

    @property
    def stateful(self) -> bool:
        """Whether a payload's audio depends on the payloads before it, so that it must be decoded in order."""

    @property
    def silence(self) -> bytes:
        """20 ms of silence, as a new stream begins it."""

    def encoder(self) -> Encoder:
        """For one stream towards Asterisk."""

    def decoder(self) -> Decoder:
        """For one stream from Asterisk."""
