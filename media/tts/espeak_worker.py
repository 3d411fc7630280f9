"""The program that holds espeak-ng (GPL-3): a separate process, spoken to over standard input and output.

A job is JSON: {"text", "voice", "rate" (words a minute), "pitch", "range" (0-100), "volume" (0-200)}. Its result is
16-bit little-endian audio at `RATE_HZ`. Started as `python -m media.tts.espeak_worker`.
"""

from __future__ import annotations

import ctypes
import importlib
import json
from collections.abc import Mapping

from media.workers.server import Emit, Handler, serve

RATE_HZ = 22_050
INSTALL = "espeak-ng is not installed; install it with: pip install espeakng-loader"
_SYNCHRONOUS = 2
_CHUNK_MS = 60
_DONT_EXIT = 0x8000
_UTF8 = 1
_CHARACTER = 1
_PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4}
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakLibrary:
    """libespeak-ng, loaded once in this process. One synthesis at a time."""

    def __init__(self) -> None:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ImportError as error:
            raise RuntimeError(INSTALL) from error
        self._library = ctypes.CDLL(loader.get_library_path())
        data = str(loader.get_data_path()).encode()
        rate = self._library.espeak_Initialize(_SYNCHRONOUS, _CHUNK_MS, data, _DONT_EXIT)
        if rate != RATE_HZ:
            raise RuntimeError(
                f"espeak-ng started at {rate} Hz, expected {RATE_HZ}; is its data folder whole? ({data!r})"
            )
        self._emit: Emit = lambda _chunk: False
        self._callback = _Callback(self._on_audio)
        self._library.espeak_SetSynthCallback(self._callback)

    def __call__(self, payload: bytes, emit: Emit) -> bytes:
        """Do one job. Raises `RuntimeError` for a voice that espeak-ng does not have."""
        job = json.loads(payload)
        self._set(job)
        text = str(job["text"]).encode() + b"\0"
        self._emit = emit
        result = self._library.espeak_Synth(text, len(text), 0, _CHARACTER, 0, _UTF8, None, None)
        if result:
            raise RuntimeError(f"espeak_Synth answered {result}")
        return b""

    def _set(self, job: Mapping[str, object]) -> None:
        """Voice first: it resets the parameters."""
        voice = str(job["voice"])
        if result := self._library.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {voice!r} (answered {result}); e.g. en-us, hi, mr, en-us+f3")
        for name, number in _PARAMETERS.items():
            value = job[name]
            if not isinstance(value, int) or self._library.espeak_SetParameter(number, value, 0):
                raise RuntimeError(f"espeak-ng refused {name} {value!r}")

    def _on_audio(self, samples: int | None, count: int, _events: object) -> int:
        """Called by the library for each chunk; 1 stops the synthesis."""
        if not samples or count <= 0:
            return 0
        return 0 if self._emit(ctypes.string_at(samples, count * 2)) else 1


def _start() -> Handler:
    return EspeakLibrary()


if __name__ == "__main__":
    serve(_start)
