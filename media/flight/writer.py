"""The one thread that writes all flight logs of a process, and keeps their folder within its bounds."""

from __future__ import annotations

import queue
import threading
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import structlog

from media.clock import Clock
from media.flight.folder import FlightFolder
from media.flight.log import FlightLog

_PRUNE_EVERY = 64
"""Finished logs after which the folder is looked at."""
_log = structlog.stdlib.get_logger(__name__)


class _Piece(NamedTuple):
    path: Path
    data: bytes
    last: bool


class FlightWriter:
    """Makes flight logs and writes them. `capacity` pieces (seconds of calls) may wait; more are left out, counted."""

    def __init__(self, folder: FlightFolder, clock: Clock, capacity: int = 4096) -> None:
        self.folder = folder
        self._clock = clock
        self._capacity = capacity
        self._queue: queue.Queue[_Piece | None] = queue.Queue()
        self._files: dict[Path, BinaryIO | None] = {}
        """None: given up."""
        self._finished = 0
        self._thread = threading.Thread(target=self._run, name="flights", daemon=True)
        self._thread.start()

    def open(self, call_id: str, *, words: bool = False) -> FlightLog:
        """A call's log. `words`: whether what is said and typed is kept in it."""
        return FlightLog(self._clock, partial(self._submit, self.folder.file(call_id)), words=words)

    def close(self, timeout_s: float = 10.0) -> None:
        """Write what waits, for so long at most. Blocks."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.warning("flight.unwritten", pieces=self._queue.qsize())

    def _submit(self, path: Path, data: bytes, last: bool) -> bool:
        """A log's last piece always finds room: its file is to be closed."""
        if self._queue.qsize() >= self._capacity and not last:
            return False
        self._queue.put(_Piece(path, data, last))
        return True

    def _run(self) -> None:
        self._prune()
        while (piece := self._queue.get()) is not None:
            try:
                self._write(piece)
            except OSError as error:
                _log.warning("flight.not_written", path=str(piece.path), error=str(error))
                self._give_up(piece.path)
            if piece.last:
                self._finish(piece.path)
        for path in list(self._files):
            self._give_up(path)

    def _write(self, piece: _Piece) -> None:
        if piece.path not in self._files:
            piece.path.parent.mkdir(parents=True, exist_ok=True)
            self._files[piece.path] = piece.path.open("wb", buffering=0)
        if file := self._files[piece.path]:
            file.write(piece.data)

    def _give_up(self, path: Path) -> None:
        file, self._files[path] = self._files.get(path), None
        if file:
            file.close()

    def _finish(self, path: Path) -> None:
        self._give_up(path)
        del self._files[path]
        self._finished += 1
        if self._finished % _PRUNE_EVERY == 0:
            self._prune()

    def _prune(self) -> None:
        if removed := self.folder.prune():
            _log.info("flight.pruned", removed=removed)
