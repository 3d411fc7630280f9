"""What each part of a call's world costs: CPU seconds of this process and all that came of it, by what they are."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> dict[str, float]:
    """Up to now, by kind: `mercury`, its `workers`, `asterisk`, the `backend`, and the `phones`, which are in here."""
    ticks: Counter[str] = Counter()
    for pid in _family(os.getpid()):
        ticks[_kind(pid)] += _ticks(pid)
    return {kind: count / _TICKS for kind, count in ticks.items()}


def _kind(pid: int) -> str:
    command = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
    if pid == os.getpid() or any(part.endswith("sipp") for part in command):
        return "phones"
    if "ari_app" in command and "run" in command:
        return "mercury"
    if any(part.endswith("/asterisk") for part in command):
        return "asterisk"
    return "backend" if "tests.standins.jupiter" in command else "workers"


def _family(pid: int) -> Iterator[int]:
    """A process and all that came of it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in _read(task / "children").split():
            yield from _family(int(child))


def _ticks(pid: int) -> int:
    """User and system time; of this process with that of its children that have ended (each call's SIPp)."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if pid == os.getpid() else 13]))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
