"""Digests of files, in one pass: SHA-256, and git's name of a blob where nothing else says what a file must be."""

from __future__ import annotations

import hashlib
from pathlib import Path

_CHUNK = 1 << 20


class Digests:
    """Of the bytes so far. `size`: of the whole file, which git's name begins with; None: git's is not wanted."""

    def __init__(self, size: int | None = None) -> None:
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False) if size is not None else None
        self.bytes = 0

    def update(self, chunk: bytes) -> None:
        """Take more of the file."""
        self._sha256.update(chunk)
        if self._git:
            self._git.update(chunk)
        self.bytes += len(chunk)

    def update_from(self, path: Path) -> None:
        """Take what a file holds."""
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                self.update(chunk)

    @property
    def sha256(self) -> str:
        """Hexadecimal."""
        return self._sha256.hexdigest()

    @property
    def git_id(self) -> str:
        """Hexadecimal; "" where it was not wanted."""
        return self._git.hexdigest() if self._git else ""


def sha256_of(path: Path) -> str:
    """Of a whole file."""
    digests = Digests()
    digests.update_from(path)
    return digests.sha256
