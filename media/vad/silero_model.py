"""Silero's model (v6, 16 kHz) as faster-whisper's wheel carries it: 32 ms at a time, by onnxruntime alone.

The model hears 512 samples behind the last 64 of before, and hands on its state (h, c) from one to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media.errors import EngineError, EngineUnavailableError
from media.onnx import onnx_session

Floats = NDArray[np.float32]
WINDOW = 256
"""Samples at 8 kHz that are judged at once: 32 ms."""
FILE = "assets/silero_vad_v6.onnx"
INSTALL = "silero needs onnxruntime and its model; install both with: pip install 'mercury[whisper]'"
_CONTEXT = 64
_STATE = (1, 1, 128)
_TAPS = 32


def _half_band() -> Floats:
    """A low-pass at 4 kHz for 16 kHz, windowed; doubled, for half of what it filters is zeros."""
    at = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps: Floats = (np.sinc(at / 2) * np.hamming(_TAPS)).astype(np.float32)
    return taps


_FILTER = _half_band()


@dataclass(slots=True)
class Line:
    """What the model remembers of one call."""

    h: Floats = field(default_factory=lambda: np.zeros(_STATE, np.float32))
    c: Floats = field(default_factory=lambda: np.zeros(_STATE, np.float32))
    before: Floats = field(default_factory=lambda: np.zeros(_CONTEXT, np.float32))
    tail: Floats = field(default_factory=lambda: np.zeros(_TAPS - 1, np.float32))


class SileroModel:
    """The model itself, in the thread of who asks.

    Raises `EngineUnavailableError`, with the remedy, when it can't be had.
    """

    def __init__(self, path: Path) -> None:
        self._session = onnx_session("silero", path, install=INSTALL, fetch=INSTALL, arena=False)
        shapes = [tuple(taken.shape) for taken in self._session.get_inputs()]
        if [shape[1:] for shape in shapes] != [(2 * WINDOW + _CONTEXT,), _STATE[1:], _STATE[1:]]:
            raise EngineUnavailableError(
                f"silero: expected a model of [n, 576], [1, 1, 128], [1, 1, 128], {path} takes {shapes}"
            )
        self._inputs = [taken.name for taken in self._session.get_inputs()]
        try:
            self.share(Line(), np.zeros(WINDOW, np.int16))
        except EngineError as error:
            raise EngineUnavailableError(f"{path} is no silero v6: {error}") from error

    def share(self, line: Line, samples: NDArray[np.int16]) -> float:
        """How likely it is, 0 to 1, that somebody speaks in the next 32 ms (8 kHz). Raises `EngineError`."""
        wide = _doubled(line, samples)
        heard = np.concatenate((line.before, wide))[None]
        line.before = wide[-_CONTEXT:]
        try:
            share, line.h, line.c = self._session.run(
                None, dict(zip(self._inputs, (heard, line.h, line.c), strict=True))
            )
        except Exception as error:
            raise EngineError(f"silero: {error}") from error
        found = float(np.asarray(share).ravel()[-1])
        if not 0 <= found <= 1:
            raise EngineError(f"silero: expected a share of 0 to 1, the model gave {found}")
        return found


def shipped() -> Path:
    """The model in faster-whisper's wheel. Raises `EngineUnavailableError` where that is not installed."""
    spec = find_spec("faster_whisper")
    if spec is None or not spec.submodule_search_locations:
        raise EngineUnavailableError(INSTALL)
    return Path(spec.submodule_search_locations[0]) / FILE


def _doubled(line: Line, samples: NDArray[np.int16]) -> Floats:
    """At 16 kHz: a zero behind each sample, and a low-pass that goes on from window to window."""
    spread = np.zeros(2 * len(samples), np.float32)
    spread[::2] = samples.astype(np.float32) / np.float32(32768)
    heard = np.concatenate((line.tail, spread))
    line.tail = heard[-(_TAPS - 1) :]
    wide: Floats = np.convolve(heard, _FILTER, "valid").astype(np.float32)
    return wide
