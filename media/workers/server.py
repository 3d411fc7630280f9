"""A worker's own side: jobs from standard input, one at a time, results to standard output.

The process ends when its standard input does: with Mercury, however Mercury ends.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, NoReturn

from media.workers.wire import Frame, Kind, read_frame

Emit = Callable[[bytes], bool]
"""Sends one chunk of the running job's result; False once the job is cancelled: stop then. b"" only asks that."""
Handler = Callable[[bytes, Emit], bytes]
"""Does one job: payload in, chunks through `Emit`, the last part returned. What it raises is sent as the failure."""


class WorkerBrokenError(Exception):
    """This process can do no job any more: the job fails, and the process ends, to be started again."""


class Jobs:
    """Jobs that wait, and whether the running one was cancelled."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Frame] = queue.Queue()
        self._cancelled: set[int] = set()

    def read(self, source: BinaryIO) -> None:
        """Take frames until the stream ends, then end the process."""
        while frame := read_frame(source):
            if frame.kind is Kind.RUN:
                self._waiting.put(frame)
            elif frame.kind is Kind.CANCEL:
                self._cancelled.add(frame.job)
        os._exit(0)

    def next(self) -> Frame:
        """The next job; blocks."""
        return self._waiting.get()

    def is_cancelled(self, job: int) -> bool:
        """Whether nobody wants this job's result any more."""
        return job in self._cancelled

    def forget(self, job: int) -> None:
        """The job is over."""
        self._cancelled.discard(job)


def serve(start: Callable[[], Handler]) -> None:
    """Load the engine (`start`) and do jobs until standard input ends.

    Whatever a library prints goes to standard error: standard output is the wire.
    """
    wire = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    jobs = Jobs()
    threading.Thread(target=jobs.read, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        handler = start()
    except Exception as error:
        wire.write(Frame(Kind.FAILED, 0, str(error).encode()).encode())
        _leave()
    wire.write(Frame(Kind.READY).encode())
    while True:
        wire.write(_do(handler, jobs, jobs.next(), wire).encode())


def _do(handler: Handler, jobs: Jobs, job: Frame, wire: BinaryIO) -> Frame:
    def emit(chunk: bytes) -> bool:
        if jobs.is_cancelled(job.job):
            return False
        if chunk:
            wire.write(Frame(Kind.CHUNK, job.job, chunk).encode())
        return True

    try:
        if jobs.is_cancelled(job.job):
            return Frame(Kind.DONE, job.job)
        return Frame(Kind.DONE, job.job, handler(job.payload, emit))
    except WorkerBrokenError as error:
        wire.write(Frame(Kind.FAILED, job.job, str(error).encode()).encode())
        _leave()
    except Exception as error:
        return Frame(Kind.FAILED, job.job, (str(error) or type(error).__name__).encode())
    finally:
        jobs.forget(job.job)


def _leave() -> NoReturn:
    """End at once: an interpreter that tidies up waits for the thread that reads standard input, or aborts."""
    sys.stderr.flush()
    os._exit(1)
