"""A wall clock of a process's own, that a test sets: by a shim of the C library's clocks, so that all in it believe it.

    python -m tests.standins.clock FOLDER MODULE …

runs a module by the clock in FOLDER (see `Clock`).
"""

from __future__ import annotations

import os
import runpy
import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")
_LONG = struct.Struct("@l")


class Clock:
    """In a folder: the shim, and the file with the seconds that it is off."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shim, self.offset = folder / "clock.so", folder / "offset"

    @staticmethod
    def compiler() -> str | None:
        """What can build the shim."""
        return shutil.which("cc") or shutil.which("gcc")

    def build(self) -> None:
        """Compile the shim; the clock is right."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.set(0)
        command = [str(self.compiler()), "-shared", "-fPIC", "-O1", "-o", str(self.shim), str(_SOURCE)]
        subprocess.run(command, check=True, timeout=60)

    def set(self, seconds: int) -> None:
        """Be so many seconds off, from now on (below 0: late)."""
        with self.offset.open("r+b" if self.offset.exists() else "wb") as file:
            file.write(_LONG.pack(seconds))

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that goes by it."""
        return {"LD_PRELOAD": str(self.shim), "CLOCK_OFFSET": str(self.offset)}


def main() -> None:
    """Start again by the clock, then run the module."""
    clock = Clock(Path(sys.argv[1]))
    if "CLOCK_OFFSET" not in os.environ:
        again = [sys.executable, "-m", "tests.standins.clock", *sys.argv[1:]]
        os.execve(again[0], again, {**os.environ, **clock.environment})  # noqa: S606 - itself, by another clock
    sys.argv = sys.argv[2:]
    module = sys.argv[0]
    runpy.run_module(f"{module}.__main__" if module == "ari_app" else module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
