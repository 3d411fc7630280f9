"""Silero's voice activity detector, beside the media loop: one thread judges all calls' windows of 32 ms.

A frame is answered at once with what is known of the caller so far, a window and the thread's work behind. A thread
that can't keep up is not waited for: webrtcvad answers then.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from media.audio.levels import rms, rms_of
from media.errors import EngineError
from media.needs import Need, mib_of
from media.vad.silero_model import WINDOW, Line, SileroModel, shipped
from media.vad.webrtc import GATE_DBFS, WebRtcVad

_log = logging.getLogger(__name__)
_RUNTIME_MIB = 60
_WINDOW_BYTES = 2 * WINDOW
_MOST_WAITING = 512
"""Windows of all calls: what is judged half a second late is worth nothing."""
_BEHIND = 3
"""Windows of one call that wait: it is not waited for them any more."""
_QUIET_FRAMES = 25
"""So many frames below the gate, and nothing is judged until one is above it."""


class Silero:
    """A `VoiceActivity`. `model`: the ONNX file, faster-whisper's own when not given.

    `threshold`: the share, 0 to 1, from which on somebody speaks; they do until it is `release` below that.
    """

    def __init__(
        self,
        *,
        name: str = "silero",
        model: str = "",
        threshold: float = 0.5,
        release: float = 0.15,
        gate_dbfs: float = GATE_DBFS,
    ) -> None:
        if not 0 < release < threshold < 1:
            raise ValueError(f"{name}: expected 0 < release < threshold < 1, got {release} and {threshold}")
        self.name = name
        self._path = Path(model) if model else shipped()
        self._gate = rms_of(gate_dbfs)
        self._threshold, self._release = threshold, release
        self._model: SileroModel | None = None
        self._windows: queue.Queue[tuple[SileroVad, bytes] | None] = queue.Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None

    @property
    def need(self) -> Need:
        """Twice the file, and onnxruntime."""
        size = self._path.stat().st_size if self._path.is_file() else 0
        return Need(ram_mib=_RUNTIME_MIB + 2 * mib_of(size))

    async def start(self) -> None:
        """Load the model and ask it once. Raises `EngineUnavailableError` with the remedy."""
        self._model = await asyncio.to_thread(SileroModel, self._path)
        self._thread = threading.Thread(target=self._work, args=(self._model,), name=self.name, daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """End the thread; calls that are on go on with webrtcvad. Idempotent."""
        thread, self._thread, self._model = self._thread, None, None
        if thread:
            self._empty()
            self._windows.put_nowait(None)
            await asyncio.to_thread(thread.join)

    def open(self) -> SileroVad:
        """A call's detector."""
        return SileroVad(self._judge, self._gate)

    def _judge(self, call: SileroVad, window: bytes) -> bool:
        """Have it judged; False where there is no room."""
        if self._thread is None:
            return False
        try:
            self._windows.put_nowait((call, window))
        except queue.Full:
            return False
        return True

    def _empty(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._windows.get_nowait()

    def _work(self, model: SileroModel) -> None:
        """A thread's root."""
        while (asked := self._windows.get()) is not None:
            call, window = asked
            try:
                share = model.share(call.line, np.frombuffer(window, "<i2"))
            except EngineError:
                _log.exception("vad.failed")
                share = None
            call.judged(share, self._threshold - (self._release if call.speaking else 0.0))


class SileroVad:
    """One call's. `is_speech` on the loop; `judged` in the engine's thread."""

    def __init__(self, judge: Callable[[SileroVad, bytes], bool], gate: float) -> None:
        self._judge = judge
        self._gate = gate
        self._kept = b""
        self._quiet = _QUIET_FRAMES
        self._asked = self._answered = 0
        self._heard = True
        """Whether the last window is judged, or will be soon."""
        self._instead = WebRtcVad(3)
        self.line = Line()
        self.speaking = False
        """As of the last window that was judged."""

    def is_speech(self, frame: bytes) -> bool:
        """Whether 20 ms of 16-bit 8 kHz audio hold speech, as far as is known: a window of 32 ms behind."""
        loud = rms(frame) > self._gate
        self._quiet = 0 if loud else self._quiet + 1
        if self._quiet > _QUIET_FRAMES:
            self._kept, self.speaking = b"", False
            return False
        self._kept += frame
        if len(self._kept) >= _WINDOW_BYTES:
            window, self._kept = self._kept[:_WINDOW_BYTES], self._kept[_WINDOW_BYTES:]
            self._heard = self._asked - self._answered < _BEHIND and self._judge(self, window)
            self._asked += self._heard
        return loud and (self.speaking if self._heard else self._instead.is_speech(frame))

    def judged(self, share: float | None, threshold: float) -> None:
        """What the model said of the oldest window; None: it failed."""
        self.speaking = share is not None and share >= threshold
        self._answered += 1
