"""One Mercury a run folder: a lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import TextIO

from ari_app.ops.asterisk.errors import AsteriskError


class Claim:
    """A claim on a folder. Taking it twice in one object is once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file: TextIO | None = None

    def take(self) -> None:
        """Raises `AsteriskError` when another Mercury has it."""
        if self._file is not None:
            return
        file = self._path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise AsteriskError(
                f"another Mercury runs in {self._path.parent}: end it, or set run_dir to another folder"
            ) from None
        self._file = file

    def release(self) -> None:
        """Idempotent."""
        if self._file is not None:
            self._file.close()
            self._file = None
