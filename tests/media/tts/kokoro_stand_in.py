"""In the place of Kokoro's worker: writes down what it is to say, and gives 400 ms of sound for each.

Its folder is that of the model. "Hold on." is not said before there is a file `go`; at "Die." the process ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from media.workers.server import Emit, Handler, serve

LOG, GO = "said.log", "go"
CHUNK = b"\1\0" * 4800


def _start() -> Handler:
    folder = Path(json.loads(sys.argv[1])["model"])
    if (folder / "broken").exists():
        raise RuntimeError("holds 0 of the weights")

    def note(line: str) -> None:
        with (folder / LOG).open("a") as log:
            log.write(line + "\n")

    def handle(payload: bytes, emit: Emit) -> bytes:
        job = json.loads(payload)
        note(job["text"])
        if job["text"] == "Die.":
            os._exit(3)
        while job["text"] == "Hold on." and not (folder / GO).exists():
            if not emit(b""):
                note("left")
                return b""
            time.sleep(0.002)
        if job["text"] == "Fail.":
            raise RuntimeError("Kokoro failed: no audio")
        emit(CHUNK)
        emit(CHUNK)
        return b""

    return handle


if __name__ == "__main__":
    serve(_start)
