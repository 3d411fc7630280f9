"""Whisper in the thread of who asks, by faster-whisper (ctranslate2): loading, and decoding step by step.

ctranslate2 lets the interpreter run on while it works (docs/engines.md), but can't be interrupted: so that cancelling
ends the work soon, text is decoded a few tokens at a time, each time going on from those that are known.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from media.asr.sound import at_16_khz
from media.asr.whisper_guards import Limits, repeats
from media.asr.whisper_hints import likeliest, shares_of
from media.asr.whisper_work import Decoded, Passage
from media.errors import EngineError, EngineUnavailableError
from media.workers.threads import Stop

INSTALL = "faster-whisper is not installed; install it with: pip install 'mercury[whisper]'"
_FILES = ("model.bin", "config.json", "tokenizer.json")
_PREFIX_TOKENS, _CONTEXT_TOKENS, _MOST_TOKENS = 160, 160, 216
"""Of the 448 that the model holds, its own special tokens aside; ctranslate2 gives text half of them."""
_TOKENS_PER_S, _FREE_TOKENS = 24, 16
"""Nobody says more: Devanagari takes about a token a letter."""
_WARM_MS = 1000


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is loaded. `step` is how many tokens are decoded between two looks at whether to stop."""

    model: str
    device: str = "auto"
    device_index: int = 0
    compute_type: str = "auto"
    cpu_threads: int = 0
    workers: int = 1
    step: int = 24
    fetch: bool = False
    """Whether a model that is named, not a folder, may be downloaded."""


@dataclass(slots=True)
class _Text:
    """Tokens decoded so far; the first `given` are those of `begun`, words that it had to begin with."""

    begun: tuple[str, ...]
    tokens: list[int]
    given: int
    logprob: float = 0.0
    no_speech: float = 0.0


class WhisperModel:
    """One loaded model. Loading it takes seconds; `decode` may be called from as many threads as there are `workers`.

    Raises `EngineUnavailableError`, with the remedy, when it can't be loaded.
    """

    def __init__(self, options: ModelOptions, limits: Limits) -> None:
        whisper = package()
        self._options = options
        self._limits = limits
        try:
            folder = _folder(options)
            self._model: Any = whisper.WhisperModel(
                str(folder),
                device=options.device,
                device_index=options.device_index,
                compute_type=_compute_type(options),
                cpu_threads=options.cpu_threads,
                num_workers=options.workers,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineUnavailableError(f"Whisper model {options.model!r} can't be loaded: {error}") from error
        self._check_features(folder)
        self._tokenizers = importlib.import_module("faster_whisper.tokenizer")
        self._by_language: dict[str, tuple[Any, list[int]]] = {}
        self._pad = importlib.import_module("faster_whisper.audio").pad_or_trim

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it knows (ISO 639-1)."""
        return frozenset(self._model.supported_languages)

    @property
    def tells_languages(self) -> bool:
        """Whether it knows more than one (the models for English alone don't)."""
        return bool(self._model.model.is_multilingual)

    def warm(self, languages: tuple[str, ...]) -> None:
        """Decode a second of silence, so that the first caller does not wait for what is made ready only once."""
        for language in languages:
            self._tokenizer(language)
        self.decode(Passage(bytes(16 * _WARM_MS), languages), Stop())

    def decode(self, passage: Passage, stop: Stop) -> Decoded:
        """What is said in it. Blocks. Raises `StoppedError` soon after `stop` is set, `EngineError` when it fails."""
        try:
            return self._decode(passage, stop)
        except (RuntimeError, ValueError, LookupError) as error:
            if isinstance(error, EngineError):
                raise
            raise EngineError(f"Whisper model {self._options.model!r} failed: {error}") from error

    def shares(self, audio: bytes, allowed: Sequence[str], stop: Stop) -> Mapping[str, float]:
        """The share of each language in up to 30 s of 16-bit 8 kHz audio (`shares_of`). Blocks. Raises as `decode`."""
        try:
            sound, _ = self._sound(audio, stop)
            return shares_of(self._shares(sound), allowed)
        except (RuntimeError, ValueError, LookupError) as error:
            if isinstance(error, EngineError):
                raise
            raise EngineError(f"Whisper model {self._options.model!r} failed: {error}") from error

    def _sound(self, audio: bytes, stop: Stop) -> tuple[Any, int]:
        """What the model hears of it, and its length in frames."""
        samples = np.frombuffer(at_16_khz(np.frombuffer(audio, "<i2")), "<i2").astype(np.float32) / 32768
        stop.check()
        features = self._model.feature_extractor(samples)
        stop.check()
        sound = self._model.encode(self._pad(features))
        stop.check()
        return sound, features.shape[1]

    def _shares(self, sound: Any) -> dict[str, float]:
        return {token[2:-2]: share for token, share in self._model.model.detect_language(sound)[0]}

    def _decode(self, passage: Passage, stop: Stop) -> Decoded:
        sound, frames = self._sound(passage.audio, stop)
        language = self._language(sound, passage.languages)
        tokenizer, never = self._tokenizer(language)
        text = self._text(sound, tokenizer, never, passage, stop)
        ends_ms = None
        if passage.locate_prefix and text.begun == passage.prefix.words:
            ends_ms = self._prefix_ends_ms(sound, tokenizer, text, frames)
        new = max(0, len(text.tokens) - text.given)
        logprob = (passage.prefix.logprob * text.given + text.logprob) / (text.given + new + 1)
        said = " ".join(text.begun) + str(tokenizer.decode(text.tokens[text.given :]))
        return Decoded(tuple(said.split()), logprob, text.no_speech, language, ends_ms)

    def _language(self, sound: Any, allowed: Sequence[str]) -> str:
        if len(allowed) == 1 or not self._model.model.is_multilingual:
            return allowed[0]
        return likeliest(self._shares(sound), allowed)[0]

    def _tokenizer(self, language: str) -> tuple[Any, list[int]]:
        """The language's, and the tokens that are no speech: to be made once, they cost milliseconds."""
        if language not in self._by_language:
            multilingual = self._model.model.is_multilingual
            tokenizer = self._tokenizers.Tokenizer(
                self._model.hf_tokenizer, multilingual, task="transcribe", language=language
            )
            self._by_language[language] = tokenizer, [*tokenizer.non_speech_tokens, *_special(tokenizer)]
        return self._by_language[language]

    def _text(self, sound: Any, tokenizer: Any, never: list[int], passage: Passage, stop: Stop) -> _Text:
        """Greedy decoding, a step at a time, from the prefix on."""
        start = _start(tokenizer, passage.context)
        text = _begun(tokenizer, passage.prefix.words)
        most = min(_MOST_TOKENS, text.given + _FREE_TOKENS + _TOKENS_PER_S * len(passage.audio) // 16_000)
        while len(text.tokens) < most:
            stop.check()
            wanted = min(most, len(text.tokens) + self._options.step)
            ended = self._step(sound, start, text, wanted, never)
            if ended or repeats(tokenizer.decode(text.tokens[text.given :]), self._limits):
                break
        return text

    def _step(self, sound: Any, start: list[int], text: _Text, wanted: int, never: list[int]) -> bool:
        """Go on to `wanted` tokens; whether the text came to its end before."""
        before = len(text.tokens)
        # ctranslate2 bounds the text to half of max_length, and to what the start leaves of it; the text that it
        # returns begins with the tokens that were given, its score is the new tokens' sum over the length of all.
        (result,) = self._model.model.generate(
            sound,
            [start + text.tokens],
            beam_size=1,
            max_length=max(2 * wanted, len(start) - 1 + wanted),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=not before,
            suppress_tokens=never,
        )
        text.tokens = list(result.sequences_ids[0])
        text.logprob += result.scores[0] * max(1, len(text.tokens))
        if before == text.given:
            text.no_speech = result.no_speech_prob
        return len(text.tokens) < wanted

    def _prefix_ends_ms(self, sound: Any, tokenizer: Any, text: _Text, frames: int) -> int | None:
        tokens = [token for token in text.tokens if token < tokenizer.eot]
        passed = 0
        for word in self._model.find_alignment(tokenizer, [tokens], sound, frames)[0]:
            passed += len(word["tokens"])
            if passed >= text.given:
                return round(float(word["end"]) * 1000)
        return None

    def _check_features(self, folder: Path) -> None:
        expected, got = self._model.model.n_mels, self._model.feature_extractor.mel_filters.shape[0]
        if expected != got:
            raise EngineUnavailableError(
                f"{folder} hears {expected} mel bands, but its preprocessor_config.json gives {got}; fetch it anew"
            )


def package() -> Any:
    """faster-whisper. Raises `EngineUnavailableError` with the command that installs it."""
    try:
        return importlib.import_module("faster_whisper")
    except ImportError as error:
        raise EngineUnavailableError(INSTALL) from error


def _folder(options: ModelOptions) -> Path:
    folder = Path(options.model)
    if not folder.is_dir():
        folder = _cached(options)
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise EngineUnavailableError(f"{folder} is no Whisper model for ctranslate2: it lacks {', '.join(missing)}")
    return folder


def _cached(options: ModelOptions) -> Path:
    utils = importlib.import_module("faster_whisper.utils")
    try:
        return Path(utils.download_model(options.model, local_files_only=not options.fetch))
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineUnavailableError(
            f"there is no Whisper model {options.model!r} here: expected a folder with {', '.join(_FILES)}, a name "
            "that `mercury models list` shows, once `mercury models fetch` has it, or one of faster-whisper's own with "
            f"`fetch: true` to have it downloaded ({error})"
        ) from error


def _compute_type(options: ModelOptions) -> str:
    """What suits the device: half precision on a GPU, 8-bit integers on a CPU."""
    if options.compute_type != "auto":
        return options.compute_type
    ctranslate2 = importlib.import_module("ctranslate2")
    gpu = options.device == "cuda" or (options.device == "auto" and ctranslate2.get_cuda_device_count() > 0)
    return "float16" if gpu else "int8"


def _start(tokenizer: Any, context: str) -> list[int]:
    before = tokenizer.encode(" " + context.strip())[-_CONTEXT_TOKENS:] if context.strip() else []
    return [*([tokenizer.sot_prev, *before] if before else []), *tokenizer.sot_sequence, tokenizer.no_timestamps]


def _begun(tokenizer: Any, words: tuple[str, ...]) -> _Text:
    """A text that begins with these words, or with as many of the first as leave room for others."""
    while words and len(tokens := tokenizer.encode(" " + " ".join(words))) > _PREFIX_TOKENS:
        words = words[: min(len(words) - 1, len(words) * _PREFIX_TOKENS // len(tokens))]
    tokens = tokenizer.encode(" " + " ".join(words)) if words else []
    return _Text(words, tokens, len(tokens))


def _special(tokenizer: Any) -> tuple[int, ...]:
    names = ("transcribe", "translate", "sot", "sot_prev", "sot_lm", "no_speech")
    return tuple(getattr(tokenizer, name) for name in names)
