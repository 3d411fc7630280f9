"""The program that holds a Kokoro model, so that loading it, and its end, disturb nobody's call.

Its one argument is JSON: {"model" (a folder), "device", "cpu_threads", "voices" (language → voice, to warm it with)}. A
job is JSON: {"text", "language", "voice", "speed"}. Its result is 16-bit little-endian audio at `RATE_HZ`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from media.audio.samples import to_pcm16
from media.errors import EngineError
from media.tts.joining import PHRASE_MS
from media.tts.kokoro_files import KokoroFolder
from media.tts.kokoro_model import KokoroModel, Manner
from media.tts.kokoro_sound import RATE_HZ, trimmed
from media.workers.server import Emit, Handler, WorkerBrokenError, serve

_CHUNK_BYTES = RATE_HZ // 5 * 2
"""200 ms."""
_PHRASE = bytes(PHRASE_MS * RATE_HZ // 1000 * 2)
_WARM = {"en": "Your order is ready.", "hi": "आपका ऑर्डर तैयार है।"}
_LOST = "CUDA error"


class _LeftError(Exception):
    """Nobody wants the rest."""


class KokoroWorker:
    """Does jobs with a model."""

    def __init__(self, model: KokoroModel) -> None:
        self._model = model

    def __call__(self, payload: bytes, emit: Emit) -> bytes:
        """Do one job. Raises `EngineError`; `WorkerBrokenError` when the GPU is lost to this process."""
        job = json.loads(payload)
        try:
            self._speak(job["text"], Manner(job["language"], job["voice"], float(job["speed"])), emit)
        except _LeftError:
            return b""
        except EngineError as error:
            if _LOST in str(error):
                raise WorkerBrokenError(str(error)) from error
            raise
        return b""

    def warm(self, voices: Mapping[str, str]) -> None:
        """Speak a sentence with each voice, to nobody: some things are made ready only then. Raises `EngineError`."""
        for language, voice in voices.items():
            said = bytearray()

            def keep(chunk: bytes, said: bytearray = said) -> bool:
                said.extend(chunk)
                return True

            self._speak(_WARM[language], Manner(language, voice), keep)
            if not said:
                raise EngineError(f"no sound came of {_WARM[language]!r} by {voice}")

    def _speak(self, text: str, manner: Manner, emit: Emit) -> None:
        def give(audio: bytes) -> None:
            if not emit(audio):
                raise _LeftError

        for at, samples in enumerate(self._model.speak(text, manner, lambda: give(b""))):
            audio = (_PHRASE if at else b"") + to_pcm16(trimmed(samples))
            for start in range(0, len(audio), _CHUNK_BYTES):
                give(audio[start : start + _CHUNK_BYTES])


def loaded(options: Mapping[str, Any]) -> KokoroWorker:
    """A worker that has spoken. Raises `EngineError` with the remedy."""
    folder = KokoroFolder(Path(options["model"]))
    worker = KokoroWorker(KokoroModel(folder, device=options["device"], cpu_threads=options["cpu_threads"]))
    worker.warm(options["voices"])
    return worker


def _start() -> Handler:
    os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is to be fetched; should anything be tried, let it fail at once
    return loaded(json.loads(sys.argv[1]))


if __name__ == "__main__":
    serve(_start)
