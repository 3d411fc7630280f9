"""A call's recording: stereo WAV, caller left, agent right, a frame of each a tick. A thread writes it, never the loop.

A second is gathered on the loop and handed over. When the disk can't keep up, seconds are left out as silence (and
counted), so that both sides stay aligned with the call's clock.
"""

from __future__ import annotations

import queue
import threading
import wave
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog

from media.audio.pcm import FRAME_BYTES, FRAME_MS, TELEPHONE_RATE

_BATCH = 1000 // FRAME_MS
_SILENT = bytes(FRAME_BYTES)
_log = structlog.stdlib.get_logger(__name__)


class _Batch(NamedTuple):
    """Frames for one file. `gap` frames of silence come before them; `last` closes it."""

    recorder: Recorder
    left: list[bytes]
    right: list[bytes]
    gap: int
    last: bool


class RecordingWriter:
    """The one thread that writes all recordings of a process. `capacity` batches (seconds of calls) may wait."""

    def __init__(self, capacity: int = 4096) -> None:
        self._queue: queue.Queue[_Batch | None] = queue.Queue(capacity)
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    def submit(self, batch: _Batch) -> bool:
        """Take a batch without waiting; False when too many wait."""
        try:
            self._queue.put_nowait(batch)
        except queue.Full:
            return False
        return True

    def close(self, timeout_s: float = 10.0) -> None:
        """Write what waits, for so long at most. Blocks."""
        try:
            self._queue.put(None, timeout=timeout_s)
        except queue.Full:
            _log.warning("media.recordings_unwritten", batches=self._queue.qsize())
            return
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (batch := self._queue.get()) is not None:
            try:
                batch.recorder.write(batch.left, batch.right, batch.gap, last=batch.last)
            except Exception as error:
                _log.exception("media.recording_failed", path=str(batch.recorder.path))
                batch.recorder.fail(error)


class Recorder:
    """One call's recording. `add` on the loop; `write` and `fail` in the writer's thread."""

    def __init__(self, path: Path, writer: RecordingWriter) -> None:
        self.path = path
        self.dropped_frames = 0
        self.error: Exception | None = None
        """Why nothing more is written, once it isn't."""
        self.finished = threading.Event()
        self._writer = writer
        self._left: list[bytes] = []
        self._right: list[bytes] = []
        self._gap = 0
        self._file: wave.Wave_write | None = None

    def add(self, caller: bytes | None, agent: bytes | None) -> None:
        """20 ms of both sides (16-bit linear at 8 kHz; None is silence)."""
        self._left.append(caller or _SILENT)
        self._right.append(agent or _SILENT)
        if len(self._left) >= _BATCH:
            self._hand_over(last=False)

    def close(self) -> None:
        """Hand over the rest. The file is complete once `finished` is set."""
        self._hand_over(last=True)

    def write(self, left: list[bytes], right: list[bytes], gap: int, *, last: bool) -> None:
        """Append to the file, making it first. Raises `OSError`."""
        if self.error is None:
            file = self._file or self._open()
            sides = [np.frombuffer(b"".join(side), dtype="<i2") for side in (left, right)]
            file.writeframes(bytes(gap * 2 * FRAME_BYTES) + np.column_stack(sides).tobytes())
            if last:
                file.close()
        if last:
            self.finished.set()

    def fail(self, error: Exception) -> None:
        """Give the file up."""
        self.error = error
        self.finished.set()

    def _open(self) -> wave.Wave_write:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = file = wave.open(str(self.path), "wb")  # noqa: SIM115
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE_RATE)
        return file

    def _hand_over(self, *, last: bool) -> None:
        if self._writer.submit(_Batch(self, self._left, self._right, self._gap, last)):
            self._gap = 0
        else:
            self._gap += len(self._left)
            self.dropped_frames += len(self._left)
            if last:
                self.finished.set()
        self._left, self._right = [], []
