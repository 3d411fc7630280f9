"""G.722 (ITU-T) at 64 kbit/s: 16 kHz of audio, one byte for two samples, by Sippy's libg722.

Its RTP clock is 8000 Hz although its audio is 16 kHz, an error that was kept (RFC 3551, section 4.5.2): so one byte is
one tick of the timestamp, as with G.711. The codec also decodes its lower band alone, at half the cost, but what lies
between 4 and 5 kHz folds into the telephone band then; so the whole is decoded and filtered.
"""

from __future__ import annotations

from dataclasses import dataclass

import G722 as _library  # noqa: N811 - its module is named so

from media.audio.codecs.halfband import Doubler, Halver
from media.audio.codecs.protocol import Decoder, Encoder
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES

_RATE = 16000
_BITS_A_SECOND = 64000


class _G722Encoder:
    __slots__ = ("_codec", "_doubler")

    def __init__(self) -> None:
        self._codec = _library.G722(_RATE, _BITS_A_SECOND)
        self._doubler = Doubler()

    def encode(self, linear: bytes) -> bytes:
        payload: bytes = self._codec.encode(memoryview(self._doubler.feed(linear)).cast("h"))
        return payload

    def quiet(self) -> bytes:
        return self.encode(bytes(FRAME_BYTES))


class _G722Decoder:
    __slots__ = ("_codec", "_halver")

    def __init__(self) -> None:
        self._codec = _library.G722(_RATE, _BITS_A_SECOND)
        self._halver = Halver()

    def decode(self, payload: bytes) -> bytes:
        return self._halver.feed(self._codec.decode(payload).tobytes())


@dataclass(frozen=True, slots=True)
class G722:
    """The wideband codec of desk phones, payload type 9."""

    name: str = "g722"
    payload_type: int = 9
    frame_bytes: int = FRAME_SAMPLES
    unit_bytes: int = 1
    stateful: bool = True
    silence: bytes = _G722Encoder().quiet()

    def encoder(self) -> Encoder:
        """A new stream's."""
        return _G722Encoder()

    def decoder(self) -> Decoder:
        """A new stream's."""
        return _G722Decoder()
