"""A Parler worker without a model, in the place of the interpreter of Parler's environment.

It speaks the real protocol, does what a job's text says (`die`, `hang`, `fail …`, `endless`, else half a second of a
tone in five chunks), and writes down each job. `start` in the model's folder says how its start goes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from media.workers.server import Emit, Handler, serve

CHUNK = bytes(range(252)) * 35
"""100 ms at 44.1 kHz, of no sound in particular."""
CHUNKS = 5
_ASKED = "asked.jsonl"
_START = "start"


def interpreter(folder: Path) -> Path:
    """A program in `folder` that takes an interpreter's arguments, and is this worker."""
    program = folder / "python"
    root = str(Path(__file__).parent.parent.parent)
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {root!r})\n"
        "from tests.standins.parler import main\nmain(sys.argv[1:])\n",
        "utf-8",
    )
    program.chmod(0o755)
    return program


def starts(model: Path, how: str) -> None:
    """From now on: `crash`, `slow`, or words to refuse with; "" for well."""
    (model / _START).write_text(how, "utf-8")


def asked(model: Path) -> list[Mapping[str, Any]]:
    """All jobs so far."""
    return [json.loads(line) for line in (model / _ASKED).read_text("utf-8").splitlines()]


def main(arguments: Sequence[str]) -> None:
    """Work until standard input ends. The last argument is the options', as the real worker's."""
    options = json.loads(arguments[-1])
    model = Path(options["model"])

    def start() -> Handler:
        sys.stderr.write("loaded nothing at all\n")
        sys.stderr.flush()
        how = (model / _START).read_text("utf-8") if (model / _START).exists() else ""
        if how == "crash":
            os._exit(9)
        if how == "slow":
            time.sleep(60)
        if how:
            raise RuntimeError(how)
        return lambda payload, emit: _speak(model, payload, emit)

    serve(start)


def _speak(model: Path, payload: bytes, emit: Emit) -> bytes:
    with (model / _ASKED).open("ab") as file:
        file.write(payload + b"\n")
    text = str(json.loads(payload)["text"])
    match text.rstrip(".").split():
        case ["die"]:
            os._exit(3)
        case ["hang"]:
            emit(CHUNK)
            time.sleep(60)
        case ["fail", *why]:
            raise RuntimeError(" ".join(why))
        case ["endless"]:
            while emit(CHUNK):
                time.sleep(0.002)
        case _:
            for _ in range(CHUNKS):
                emit(CHUNK)
    return b""
