"""Whisper by faster-whisper: free speech and lists, in any language that the model knows; in threads of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from media.asr.protocol import Hint
from media.asr.whisper_guards import Limits
from media.asr.whisper_hints import languages as languages_of
from media.asr.whisper_model import ModelOptions, WhisperModel, package
from media.asr.whisper_need import whisper_need
from media.asr.whisper_stream import StreamOptions, WhisperStream
from media.asr.whisper_work import Decoded, Passage
from media.errors import EngineError, EngineUnavailableError
from media.lid.protocol import Said
from media.needs import Need
from media.vad.webrtc import WebRtcVad
from media.workers.line import Rank
from media.workers.threads import Threads

_DEVICES = ("auto", "cpu", "cuda")
_COMPUTE_TYPES = (
    *("auto", "default", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16"),
    *("float16", "bfloat16", "float32"),
)
_VAD_AGGRESSIVENESS = 2
_LIMITS = Limits()
_LONGEST_BYTES = 30 * 16_000
"""What is heard at once, of the end of a turn."""


class FasterWhisper:
    """A recogniser. One model, held; `workers` decodings at once, each on `cpu_threads` threads on a CPU.

    `model`: a folder, or a name that faster-whisper knows (large-v3-turbo, distil-large-v3, …) and that was fetched
    before; `fetch` allows it to be downloaded at the start. `languages`: those it may be asked for. `queue`: decodings
    that may wait; `deadline_s`: a result after that is none. `partial_every_ms`: see `StreamOptions`. The limits are
    those of `Limits`. Raises `EngineUnavailableError` without faster-whisper, `ValueError` for options that can't be.
    """

    def __init__(
        self,
        *,
        name: str = "faster-whisper",
        model: str = "large-v3-turbo",
        device: str = "auto",
        device_index: int = 0,
        compute_type: str = "auto",
        cpu_threads: int = 0,
        workers: int = 1,
        languages: Sequence[str] = ("en", "hi", "mr"),
        queue: int = 64,
        deadline_s: float = 5.0,
        step_tokens: int = 24,
        partial_every_ms: int = 0,
        cut_after_ms: int = 12_000,
        no_speech_limit: float = _LIMITS.no_speech,
        logprob_limit: float = _LIMITS.logprob,
        least_logprob: float = _LIMITS.least_logprob,
        compression_limit: float = _LIMITS.compression,
        fetch: bool = False,
    ) -> None:
        package()
        _check(name, "device", device, _DEVICES)
        _check(name, "compute_type", compute_type, _COMPUTE_TYPES)
        for option, value, least in (
            *(("workers", workers, 1), ("queue", queue, 1), ("step_tokens", step_tokens, 1)),
            *(("cpu_threads", cpu_threads, 0), ("partial_every_ms", partial_every_ms, 0)),
            *(("cut_after_ms", cut_after_ms, 2000), ("deadline_s", deadline_s, 0.1)),
        ):
            if value < least:
                raise ValueError(f"{name}: {option} must be at least {least}, got {value}")
        if not languages:
            raise ValueError(f"{name}: expected at least one language, such as [en, hi, mr]")
        self.name = name
        self._languages = tuple(languages)
        self._options = ModelOptions(
            model, device, device_index, compute_type, cpu_threads, workers, step_tokens, fetch=fetch
        )
        self._limits = replace(
            _LIMITS,
            no_speech=no_speech_limit,
            logprob=logprob_limit,
            least_logprob=least_logprob,
            compression=compression_limit,
        )
        self._stream_options = StreamOptions(partial_every_ms, cut_after_ms)
        self._deadline_s = deadline_s
        self._queue = queue
        self._threads: Threads | None = None
        self._model: WhisperModel | None = None

    @property
    def need(self) -> Need:
        """See `whisper_need`."""
        options = self._options
        return whisper_need(options.model, options.device, options.compute_type, options.workers)

    async def start(self) -> None:
        """Load the model and decode a second of silence. Raises `EngineUnavailableError` with the remedy."""
        model = await asyncio.to_thread(WhisperModel, self._options, self._limits)
        unknown = set(self._languages) - model.languages
        if unknown:
            raise EngineUnavailableError(
                f"{self.name}: {self._options.model} does not know {', '.join(sorted(unknown))}; "
                f"set languages to those it knows ({len(model.languages)}, such as {min(model.languages)})"
            )
        try:
            await asyncio.to_thread(model.warm, self._languages)
        except EngineError as error:
            raise EngineUnavailableError(f"{self.name}: no decoding here: {error}") from error
        self._model, self._threads = model, Threads(self.name, workers=self._options.workers, queue=self._queue)

    async def close(self) -> None:
        """Stop the work, free the model. Idempotent."""
        threads, self._threads, self._model = self._threads, None, None
        if threads:
            await threads.close()

    def can(self, hint: Hint) -> bool:
        """Any list and free speech, in the languages of the settings."""
        return bool(languages_of(hint, self._languages))

    def open(self, hint: Hint) -> WhisperStream:
        """Listen for one turn. Raises `EngineError` for languages that are not served, and before the start."""
        if self._threads is None:
            raise EngineError(f"{self.name} is not started")
        allowed = languages_of(hint, self._languages)
        if not allowed:
            raise EngineError(f"{self.name} hears {', '.join(self._languages)}, not {hint.language!r}")
        vad = WebRtcVad(_VAD_AGGRESSIVENESS)
        return WhisperStream(
            self.name,
            hint,
            languages=allowed,
            decode=self._decode,
            vad=vad,
            limits=self._limits,
            options=self._stream_options,
        )

    hears = True
    """It identifies languages by their sound (media/lid/protocol.py)."""

    def tells(self, languages: tuple[str, ...]) -> bool:
        """Whether it is held, and knows these and others."""
        return self._model is not None and self._model.tells_languages and set(languages) <= self._model.languages

    async def identify(self, said: Said) -> Mapping[str, float]:
        """The share of each language, by the sound. Raises `EngineBusyError` and `EngineError`."""
        if self._threads is None or self._model is None:
            raise EngineError(f"{self.name} is not started")
        audio = said.audio.samples[-_LONGEST_BYTES:]
        work = partial(self._model.shares, audio, said.languages)
        return await self._threads.run(work, rank=Rank.WAITING, deadline_s=self._deadline_s)

    async def _decode(self, passage: Passage, rank: Rank) -> Decoded:
        if self._threads is None or self._model is None:
            raise EngineError(f"{self.name} is not started")
        if rank is Rank.AHEAD and not self._threads.idle:
            raise EngineError(f"{self.name} is at work for others")
        return await self._threads.run(partial(self._model.decode, passage), rank=rank, deadline_s=self._deadline_s)


def _check(name: str, option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name}: {option} must be one of {', '.join(known)}, got {value!r}")
