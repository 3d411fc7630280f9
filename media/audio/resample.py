"""From an engine's sample rate to the telephone's, in a stream: band-limited by soxr, state kept between chunks."""

from __future__ import annotations

import numpy as np
import soxr

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.samples import Samples, from_pcm16, to_pcm16

_NOTHING = np.zeros(0, dtype=np.float32)


class ToTelephone:
    """Resamples one stream of chunks of one rate to 8 kHz. Chunks may be of any whole number of samples."""

    def __init__(self, rate: int) -> None:
        if rate <= 0:
            raise ValueError(f"sample rate must be above 0 Hz, got {rate}")
        self.rate = rate
        self._stream = (
            None
            if rate == TELEPHONE_RATE
            else soxr.ResampleStream(rate, TELEPHONE_RATE, 1, dtype="float32", quality="HQ")
        )

    def feed(self, chunk: Pcm) -> Samples:
        """The 8 kHz audio that is ready after this chunk (some is held back for the filter).

        Raises `ValueError` if the chunk has another rate than the stream.
        """
        if chunk.rate != self.rate:
            raise ValueError(f"a stream of {self.rate} Hz was given a chunk of {chunk.rate} Hz")
        return self._resampled(from_pcm16(chunk.samples), last=False)

    def finish(self) -> Samples:
        """What was held back."""
        return self._resampled(_NOTHING, last=True)

    def _resampled(self, samples: Samples, *, last: bool) -> Samples:
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples, last=last)
        return resampled


def at_telephone_rate(audio: Pcm) -> Samples:
    """A whole recording at 8 kHz."""
    stream = ToTelephone(audio.rate)
    return np.concatenate((stream.feed(audio), stream.finish()))


def to_telephone(audio: Pcm) -> Pcm:
    """A whole recording at 8 kHz, in 16 bits."""
    return audio if audio.rate == TELEPHONE_RATE else Pcm(TELEPHONE_RATE, to_pcm16(at_telephone_rate(audio)))
