"""Where flight logs lie, and for how long. Blocks: used off the loop."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".flight"
_DAY_S = 86_400.0
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FlightFolder:
    """The folder of a node's flight logs: what is older than `days` goes, and the oldest of more than `most_mb`."""

    path: Path
    days: float = 7.0
    most_mb: float = 1024.0

    def file(self, call_id: str) -> Path:
        """A call's log."""
        return self.path / f"{Path(call_id).name}{SUFFIX}"

    def prune(self, now: float | None = None) -> int:
        """Remove what is too old or too much; how many. `now`: seconds since 1970. A file that is gone is no matter."""
        now = time.time() if now is None else now
        found = []
        for file in self.path.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                status = file.stat()
                found.append((status.st_mtime, status.st_size, file))
        room, removed = self.most_mb * _MB, 0
        for changed, size, file in sorted(found, reverse=True):
            room -= size
            if room < 0 or now - changed > self.days * _DAY_S:
                with suppress(OSError):
                    file.unlink()
                    removed += 1
        return removed
