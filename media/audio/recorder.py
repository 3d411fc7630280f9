"""A call's recording: caller left, agent right, a frame of each a tick. A thread writes it, never the loop.

A second is gathered on the loop and handed over. When the disk can't keep up, seconds are left out as silence (and
counted), so that both sides stay aligned with the call's clock. So is what is private.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog

from media.audio import recording_files
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.audio.recording_files import RecordingFile
from media.audio.recording_report import RecordingReport

PRIVATE_TAIL_MS = 300
"""Kept silent after private input: what the jitter buffer still holds of it."""
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
        self._capacity = capacity
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    def submit(self, batch: _Batch) -> bool:
        """Take a batch without waiting; False when too many wait. The last one of a recording always finds room."""
        if self._queue.qsize() >= self._capacity and not batch.last:
            return False
        self._queue.put(batch)
        return True

    @property
    def waiting(self) -> int:
        """Batches that are not being written yet."""
        return self._queue.qsize()

    def close(self, timeout_s: float = 10.0) -> None:
        """Write what waits, for so long at most. Blocks."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.warning("media.recordings_unwritten", batches=self._queue.qsize())

    def _run(self) -> None:
        while (batch := self._queue.get()) is not None:
            try:
                batch.recorder.write(batch.left, batch.right, batch.gap, last=batch.last)
            except Exception as error:
                _log.exception("media.recording_failed", path=str(batch.recorder.path))
                batch.recorder.fail(error)
            if batch.last:
                batch.recorder.done()


class Recorder:
    """One call's recording, of the kind that the path's suffix names: wav, flac or opus.

    `add`, `pause`, `resume` and `close` on the loop; `write`, `fail` and `done` in the writer's thread.
    """

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
        self._frames = self._private_frames = self._tail = 0
        self._paused = False
        self._on_finished: Callable[[], object] | None = None
        self._file: RecordingFile | None = None

    def add(self, caller: bytes | None, agent: bytes | None) -> None:
        """20 ms of both sides (16-bit linear at 8 kHz; None is silence)."""
        self._frames += 1
        if self._paused or self._tail:
            self._tail = max(0, self._tail - 1)
            self._private_frames += 1
            caller = agent = None
        self._left.append(caller or _SILENT)
        self._right.append(agent or _SILENT)
        if len(self._left) >= _BATCH:
            self._hand_over(last=False)

    def pause(self) -> None:
        """Private input begins: silence on both sides from the next frame on. Idempotent."""
        self._paused = True

    def resume(self) -> None:
        """It is over; what of it is still under way is left out, too. Idempotent."""
        if self._paused:
            self._paused, self._tail = False, PRIVATE_TAIL_MS // FRAME_MS

    def close(self, on_finished: Callable[[], object] | None = None) -> None:
        """Hand over the rest. Once the file is complete, `finished` is set; `on_finished` is called in the thread."""
        self._on_finished = on_finished
        self._hand_over(last=True)

    def report(self) -> RecordingReport:
        """What became of it so far."""
        return RecordingReport(
            self._frames * FRAME_MS,
            self._private_frames * FRAME_MS,
            self.dropped_frames * FRAME_MS,
            str(self.error) if self.error else "",
        )

    def write(self, left: list[bytes], right: list[bytes], gap: int, *, last: bool) -> None:
        """Append to the file, making it first. Raises `OSError`, or what the encoder raises."""
        if self.error is not None:
            return
        self._file = self._file or recording_files.create(self.path)
        sides = [np.frombuffer(b"".join(side), dtype="<i2") for side in (left, right)]
        self._file.write(bytes(gap * 2 * FRAME_BYTES) + np.column_stack(sides).tobytes())
        if last:
            self._publish()

    def fail(self, error: Exception) -> None:
        """Write no more; what is written is kept if it can be."""
        self.error = error
        with suppress(Exception):
            self._publish()

    def done(self) -> None:
        """All of it was written, or given up."""
        self.finished.set()
        if self._on_finished:
            self._on_finished()

    def _publish(self) -> None:
        file, self._file = self._file, None
        if file:
            try:
                file.close()
            finally:
                recording_files.publish(self.path)

    def _hand_over(self, *, last: bool) -> None:
        if self._writer.submit(_Batch(self, self._left, self._right, self._gap, last)):
            self._gap = 0
        else:
            self._gap += len(self._left)
            self.dropped_frames += len(self._left)
        self._left, self._right = [], []
