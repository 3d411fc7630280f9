"""From an engine's sample rate to the telephone's, in a stream: band-limited by soxr, state kept between chunks."""

from __future__ import annotations

import numpy as np
import soxr

from media.audio.pcm import TELEPHONE_RATE, Pcm


class ToTelephone:
    """Resamples one stream of chunks of one rate to 8 kHz. Chunks may be of any whole number of samples."""

    def __init__(self, rate: int) -> None:
        if rate <= 0:
            raise ValueError(f"sample rate must be above 0 Hz, got {rate}")
        self.rate = rate
        self._stream = (
            None
            if rate == TELEPHONE_RATE
            else soxr.ResampleStream(rate, TELEPHONE_RATE, 1, dtype="int16", quality="HQ")
        )

    def feed(self, chunk: Pcm) -> Pcm:
        """The 8 kHz audio that is ready after this chunk (some is held back for the filter).

        Raises `ValueError` if the chunk has another rate than the stream.
        """
        if chunk.rate != self.rate:
            raise ValueError(f"a stream of {self.rate} Hz was given a chunk of {chunk.rate} Hz")
        return self._resampled(chunk.samples, last=False)

    def finish(self) -> Pcm:
        """What was held back."""
        return self._resampled(b"", last=True)

    def _resampled(self, samples: bytes, *, last: bool) -> Pcm:
        if self._stream is None:
            return Pcm(TELEPHONE_RATE, samples)
        out = self._stream.resample_chunk(np.frombuffer(samples, dtype="<i2"), last=last)
        return Pcm(TELEPHONE_RATE, out.astype("<i2").tobytes())


def to_telephone(audio: Pcm) -> Pcm:
    """A whole recording at 8 kHz."""
    stream = ToTelephone(audio.rate)
    return Pcm(TELEPHONE_RATE, stream.feed(audio).samples + stream.finish().samples)
