"""The program that holds a Parler model, run by the interpreter of Parler's environment (`media.workers.elsewhere`).

Its one argument is JSON, the fields of `WorkerOptions`. A job is JSON: {"text", "description", "longest_s"}. Its result
is 16-bit little-endian audio at the codec's rate, in chunks as they are made.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from media.tts.parler_options import WorkerOptions
from media.tts.parler_package import load_package
from media.tts.parler_utterance import SpokenError, UnendedError, Utterance
from media.workers.server import Emit, Handler, WorkerBrokenError, serve

_log = logging.getLogger(__name__)
_MIB = 1024 * 1024
_WARM_TEXT, _WARM_DESCRIPTION = "नमस्ते, आप कैसे हैं?", "Divya speaks at a normal pace. The recording is clear."
_WARM_S = 1.0
_MEMORY = (
    "out of memory on {device}: give the model another that has more (device: cuda:1, or cpu), make it half as large "
    "(dtype: bfloat16), or take another model off this one"
)
_LACKING = ("can't allocate memory", "out of memory")


class ParlerModel:
    """One loaded model, which speaks one text at a time. Loading takes seconds to minutes."""

    def __init__(self, options: WorkerOptions, package: SimpleNamespace) -> None:
        self._options = options
        self._package = package
        self._torch: Any = package.torch
        self._device = device_of(options.device, self._torch)
        dtype = dtype_of(options.dtype, self._device, self._torch)
        if options.threads:
            self._torch.set_num_threads(options.threads)
        with self._in_words():
            self._load(dtype)

    def __call__(self, payload: bytes, emit: Emit) -> bytes:
        """Do one job. Raises `RuntimeError` in words for people, `WorkerBrokenError` when the device is lost."""
        job = json.loads(payload)
        longest_s = float(job["longest_s"])
        try:
            with self._in_words():
                self._speak(job["text"], job["description"], longest_s, emit)
        except UnendedError as error:
            raise RuntimeError(f"the speech came to no end within {longest_s:.1f} s") from error
        return b""

    def warm(self) -> None:
        """Speak a second to nobody, so that the first caller does not wait for what is made ready only once."""
        began = time.monotonic()
        with suppress(UnendedError), self._in_words():
            self._speak(_WARM_TEXT, _WARM_DESCRIPTION, _WARM_S, lambda _chunk: True)
        _log.info("warmed in %.1f s: %.1f s of speech at most", time.monotonic() - began, _WARM_S)

    def _load(self, dtype: Any) -> None:
        began = time.monotonic()
        options, auto = self._options, self._package.transformers.AutoTokenizer
        attention = {"attn_implementation": options.attention} if options.attention else {}
        self._model: Any = self._package.parler.ParlerTTSForConditionalGeneration.from_pretrained(
            options.model, local_files_only=True, use_safetensors=True, torch_dtype=dtype, **attention
        ).to(self._device)
        self._model.eval()
        self._prompts: Any = auto.from_pretrained(options.model, local_files_only=True)
        self._descriptions: Any = auto.from_pretrained(options.description_tokenizer, local_files_only=True)
        self._frames_a_second = float(self._model.audio_encoder.config.frame_rate)
        _log.info("loaded on %s as %s in %.1f s%s", self._device, dtype, time.monotonic() - began, self._room())

    def _room(self) -> str:
        if self._device == "cpu":
            return ""
        return f"; {self._torch.cuda.memory_allocated(self._device) / _MIB:.0f} MiB of it"

    def _speak(self, text: str, description: str, longest_s: float, emit: Emit) -> None:
        frames = round(longest_s * self._frames_a_second)
        play_steps = round(self._options.play_steps_s * self._frames_a_second)
        utterance = Utterance(self._package, self._model, play_steps, frames, emit)
        described, said = self._tokens(self._descriptions, description), self._tokens(self._prompts, text)
        if self._options.seed is not None:
            self._torch.manual_seed(self._options.seed)
        with suppress(SpokenError):
            self._model.generate(
                input_ids=described.input_ids,
                attention_mask=described.attention_mask,
                prompt_input_ids=said.input_ids,
                prompt_attention_mask=said.attention_mask,
                streamer=utterance.streamer,
                stopping_criteria=self._package.transformers.StoppingCriteriaList([utterance.after_step]),
                max_new_tokens=frames,
                do_sample=True,
                temperature=self._options.temperature,
            )

    def _tokens(self, tokenizer: Any, text: str) -> Any:
        return tokenizer(text, return_tensors="pt").to(self._device)

    def _in_words(self) -> AbstractContextManager[None]:
        return in_words(self._device, self._torch.cuda.empty_cache)


@contextmanager
def in_words(device: str, release: Callable[[], None]) -> Iterator[None]:
    """Errors of torch for people. `release` gives back what it keeps of the device's memory.

    Raises `RuntimeError` with the remedy where memory was lacking, `WorkerBrokenError` when the device is lost.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        first_line = str(error).partition("\n")[0]
        if isinstance(error, MemoryError) or any(lacking in first_line for lacking in _LACKING):
            release()
            raise RuntimeError(f"{_MEMORY.format(device=device)} ({first_line or 'MemoryError'})") from error
        if "CUDA error" in first_line:
            raise WorkerBrokenError(f"{device} is lost: {first_line}") from error
        raise


def device_of(wanted: str, torch: Any) -> str:
    """Where the model is to be. Raises `RuntimeError` for a GPU that torch does not see."""
    there = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda:0" if there else "cpu"
    if wanted.startswith("cuda") and not there:
        raise RuntimeError(
            f"expected a GPU for device {wanted!r}, torch {torch.__version__} sees none; set device: cpu"
        )
    return wanted


def dtype_of(wanted: str, device: str, torch: Any) -> Any:
    """How its weights are kept: what suits the device, unless something else is wanted."""
    if wanted != "auto":
        return getattr(torch, wanted)
    if device == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def main(arguments: Sequence[str]) -> None:
    """Load the model that the argument tells of, and speak until standard input ends."""

    def start() -> Handler:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("media").setLevel(logging.INFO)
        model = ParlerModel(WorkerOptions(**json.loads(arguments[0])), load_package())
        model.warm()
        return model

    serve(start)
