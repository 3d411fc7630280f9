"""Whether files hold something else than before: they are read again only where their folder says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_Stat = tuple[int, int, int]


class FileDigest:
    """Of what files hold. A file that is not there, or can't be read, counts as such."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stat, str]] = {}

    def of(self, files: Iterable[Path]) -> str:
        """One digest of all of them; blocks while they are read."""
        whole = hashlib.sha256()
        for file in files:
            whole.update(f"{file}\n{self._one(file)}\n".encode())
        return whole.hexdigest()

    def _one(self, file: Path) -> str:
        try:
            found = file.stat()
            stat = (found.st_mtime_ns, found.st_size, found.st_ino)
            known = self._known.get(file)
            if known is None or known[0] != stat:
                known = self._known[file] = stat, hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            return error.strerror or type(error).__name__
        return known[1]
