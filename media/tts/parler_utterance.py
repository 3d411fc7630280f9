"""One text being spoken by a Parler model: its audio goes out as it is made, and it ends when nobody listens."""

from __future__ import annotations

import math
from typing import Any

from media.workers.server import Emit

_LARGEST = 32_767
_CONTEXT_FRAMES = 40
"""Frames before a chunk that the codec is given again: several times as far as its convolutions see (9 frames)."""


class SpokenError(Exception):
    """All of the speech is said, or nobody listens any more: nothing is left to be generated."""


class UnendedError(Exception):
    """The model spoke on past the longest that the text could take."""


class Utterance:
    """Parler's own streamer at work. `most`: steps after which the speech must have come to its end.

    The streamer gives its chunks in the thread that generates, not to a queue; what it has given is forgotten but for
    the codec's context, so that a chunk's work and memory do not grow with the speech.
    """

    def __init__(self, package: Any, model: Any, play_steps: int, most: int, emit: Emit) -> None:
        self._emit = emit
        self._most = most
        self._numpy: Any = package.numpy
        self._never: Any = package.torch.zeros(1, dtype=package.torch.bool)
        codebooks = int(model.decoder.num_codebooks)
        steps = max(codebooks + 1, play_steps)
        self._hop = hop_samples(model.audio_encoder)
        self._kept = steps * math.ceil((_CONTEXT_FRAMES + codebooks) / steps)
        self._steps = 0
        self.streamer: Any = package.parler.ParlerTTSStreamer(model, play_steps=steps)
        self.streamer.on_finalized_audio = self._give

    def after_step(self, input_ids: Any, _scores: Any, **_more: Any) -> Any:
        """A stopping criterion: leaves the generation as soon as nobody listens."""
        if not self._emit(b""):
            raise SpokenError
        self._steps += 1
        self._forget()
        return self._never.to(input_ids.device).expand(input_ids.shape[0])

    def _give(self, audio: Any, stream_end: bool = False) -> None:
        """Raises when the last of it is given: `generate` would decode all of it again, for a result nobody reads."""
        if len(audio) and not self._emit(self._samples(audio)):
            raise SpokenError
        if stream_end:
            raise UnendedError if self._steps >= self._most else SpokenError

    def _samples(self, audio: Any) -> bytes:
        """Audio between -1 and 1 as 16-bit samples; what is no number is silence."""
        return bytes((self._numpy.nan_to_num(audio).clip(-1, 1) * _LARGEST).round().astype("<i2").tobytes())

    def _forget(self) -> None:
        """Drop whole chunks, for the streamer counts its steps by the length of what it keeps."""
        streamer = self.streamer
        chunk = streamer.play_steps
        if streamer.token_cache.shape[-1] == self._kept + chunk:
            streamer.token_cache = streamer.token_cache[..., chunk:]
            streamer.to_yield -= chunk * self._hop


def hop_samples(codec: Any) -> int:
    """Samples of a frame: of transformers' DAC, or of descript's, which older configurations name."""
    ratios = getattr(codec.config, "upsampling_ratios", None)
    return math.prod(ratios) if ratios else int(codec.model.hop_length)
