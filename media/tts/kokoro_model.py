"""Kokoro by its own package (torch): loading, phonemes, and speaking a sentence. For a process of its own.

Nothing is ever downloaded. The package's English pipeline would fetch a spaCy model: here English goes by misaki's
rules for words that its dictionary lacks, which make of espeak-ng's phonemes those that the model learnt. torch can't
be interrupted, but each layer of the model asks first whether its work is still wanted.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from media.audio.samples import Samples
from media.errors import EngineError, EngineUnavailableError
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_text import MOST_PHONEMES, parted, pronounceable

INSTALL = "{} is not installed; install it with: pip install 'mercury[kokoro]' (Python 3.12 at most)"
LANGUAGES = frozenset({"en", "hi"})
"""Of those that Kokoro speaks, the ones that text is prepared for."""
_REPOSITORY = "hexgrad/Kokoro-82M"
_BRITISH = "b"
"""With this a British voice's name begins."""
_LEAST_SHARE = 0.5
_STYLE = 256
_UNUSABLE = (RuntimeError, ValueError, LookupError, TypeError, AttributeError, AssertionError, EOFError, OSError)
"""What the package raises for files that are not those of a Kokoro."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sentence is spoken. `voice`: a name, or several with commas between."""

    language: str
    voice: str
    speed: float = 1.0


def require_packages() -> None:
    """Raises `EngineUnavailableError`, with what installs it, where a package is missing. Imports none: it is slow."""
    for package in ("kokoro", "torch"):
        if find_spec(package) is None:
            raise EngineUnavailableError(INSTALL.format(package))


class KokoroModel:
    """One loaded model, which speaks one text at a time. Loading it takes seconds.

    `device`: auto, cpu, cuda or cuda:N. `cpu_threads`: of torch on a CPU, 0 for its own choice.
    Raises `EngineUnavailableError`, with the remedy, when it can't be loaded.
    """

    def __init__(self, folder: KokoroFolder, *, device: str = "auto", cpu_threads: int = 0) -> None:
        self._folder = folder
        self._torch, kokoro = _imported("torch"), _imported("kokoro")
        if cpu_threads:
            self._torch.set_num_threads(cpu_threads)
        self._model = self._loaded(kokoro, _device(self._torch, device))
        self._pipeline = kokoro.KPipeline("h", _REPOSITORY, model=self._model)
        self._most = min(MOST_PHONEMES, int(self._model.context_length) - 2)
        self._write = _writers(_imported("misaki.espeak"), self._pipeline.g2p)
        self._voices: dict[str, Any] = {}
        self._check: Callable[[], None] = _nothing
        for layer in self._model.modules():
            if not any(layer.children()):
                layer.register_forward_pre_hook(lambda _layer, _given: self._check())

    def phonemes(self, text: str, manner: Manner) -> list[str]:
        """What the model is given for a text, in parts that it takes; none where nothing can be said of it."""
        british = manner.language == "en" and manner.voice.startswith(_BRITISH)
        written = self._write["en-gb" if british else manner.language](text)
        said = pronounceable(written, self._model.vocab)
        return parted(said, self._most) if said else []

    def speak(self, text: str, manner: Manner, check: Callable[[], None]) -> Iterator[Samples]:
        """Its parts at 24 kHz, each as soon as it is made. `check` is called before each layer: what it raises ends it.

        Raises `EngineError` when it fails.
        """
        self._check = check
        try:
            voice = self._voice(manner.voice)
            for part in self.phonemes(text, manner):
                yield self._spoken(part, voice, manner.speed)
        except EngineError:
            raise
        except (RuntimeError, ValueError, LookupError, AssertionError) as error:
            raise EngineError(f"Kokoro failed: {_told(error)}") from error
        finally:
            self._check = _nothing

    def _loaded(self, kokoro: Any, device: str) -> Any:
        unreadable: type[Exception] = self._torch.serialization.pickle.UnpicklingError
        try:
            model = kokoro.KModel(_REPOSITORY, str(self._folder.config), str(self._folder.weights))
            self._expect_weights(model)
            return self._settled(model.to(device).eval())
        except EngineUnavailableError:
            raise
        except (unreadable, *_UNUSABLE) as error:
            raise EngineUnavailableError(f"no Kokoro can be made of {self._folder.path}: {_told(error)}") from error

    def _settled(self, model: Any) -> Any:
        """With weights made of directions and lengths once, not for each sentence: a third of a short one's work."""
        for layer in model.modules():
            if hasattr(layer, "weight_g"):
                self._torch.nn.utils.remove_weight_norm(layer)
        return model

    def _spoken(self, phonemes: str, voice: Any, speed: float) -> Samples:
        with self._torch.inference_mode():
            (result,) = self._pipeline.generate_from_tokens(phonemes, voice=voice, speed=speed)
        samples: Samples = result.audio.numpy()
        if samples.ndim != 1 or not bool(self._torch.isfinite(result.audio).all()):
            raise EngineError("Kokoro gave numbers that are no audio; is the model whole?")
        return samples

    def _voice(self, voice: str) -> Any:
        """A voice's styles, one for each number of phonemes; the mean of several."""
        if voice not in self._voices:
            packs = [self._pack(path) for path in self._folder.voice_files(voice)]
            self._voices[voice] = self._torch.stack(packs).float().mean(dim=0)
        return self._voices[voice]

    def _pack(self, path: Path) -> Any:
        unreadable: type[Exception] = self._torch.serialization.pickle.UnpicklingError
        try:
            pack = self._torch.load(path, map_location="cpu", weights_only=True)
            shape = tuple(pack.shape)
        except (unreadable, AttributeError, RuntimeError, EOFError, OSError) as error:
            raise EngineError(f"the voice {path} can't be read: {_told(error)}") from error
        if shape != (MOST_PHONEMES, 1, _STYLE):
            raise EngineError(f"expected a voice of {MOST_PHONEMES} × 1 × {_STYLE} numbers, got {shape} in {path}")
        return pack

    def _expect_weights(self, model: Any) -> None:
        """The package takes a file with other names for its weights without a word, and speaks noise."""
        held = self._torch.load(self._folder.weights, map_location="cpu", weights_only=True, mmap=True)
        for section, part in model.named_children():
            names = {name.removeprefix("module.") for name in held.get(section, ())}
            sizes = {name: weight.numel() for name, weight in part.state_dict().items()}
            there = sum(size for name, size in sizes.items() if name in names)
            if there < _LEAST_SHARE * sum(sizes.values()):
                raise EngineUnavailableError(
                    f"{self._folder.weights} holds {there:,} of the {sum(sizes.values()):,} weights of Kokoro's "
                    f"{section}; is it another model's?"
                )


def _writers(espeak: Any, hindi: Any) -> Mapping[str, Callable[[str], str]]:
    """By language: text to phonemes."""
    return {
        "en": _english(espeak, british=False),
        "en-gb": _english(espeak, british=True),
        "hi": lambda text: str(hindi(text)[0]),
    }


def _english(espeak: Any, *, british: bool) -> Callable[[str], str]:
    rules = espeak.EspeakFallback(british=british)
    rules.backend = espeak.EspeakG2P(language="en-gb" if british else "en-us").backend

    def write(text: str) -> str:
        written = rules(SimpleNamespace(text=text))[0] or ""
        return str(written).replace("ɹɹ", "ɹ")

    return write


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EngineUnavailableError(f"Kokoro can't be used here: {error}; {INSTALL.format(module)}") from error


def _device(torch: Any, wanted: str) -> str:
    there = bool(torch.cuda.is_available())
    if wanted.startswith("cuda") and not there:
        raise EngineUnavailableError(
            f"Kokoro: device is {wanted}, but torch {torch.__version__} finds no GPU; set device to cpu or auto"
        )
    return ("cuda" if there else "cpu") if wanted == "auto" else wanted


def _nothing() -> None:
    pass


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
