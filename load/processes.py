"""CPU time and memory of the parts of a Mercury on this machine, of the phones, and of all else that goes on there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ari_app.ops.asterisk.process import running_pid

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


class Parts:
    """The parts: `mercury`, its `workers`, `asterisk`, the `phones` (this process), `sipp`, the `backend`; `others`.

    What a hypervisor gave to other machines while this one wanted to work is a part too: `stolen`.
    `mercury`: its process id, None where it is on another machine.
    """

    def __init__(self, mercury: int | None, run_dir: Path | None) -> None:
        self._mercury = mercury
        self._run_dir = run_dir
        self._ticks: dict[tuple[str, int], int] = {}

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far by part; those of processes that have ended, too."""
        for part, pid in self._parts():
            self._ticks[part, pid] = max(self._ticks.get((part, pid), 0), _ticks(pid))
        spent: Counter[str] = Counter()
        for (part, _), ticks in self._ticks.items():
            spent[part] += ticks
        busy, stolen = _machine()
        spent["others"] = max(0, busy - spent.total())
        spent["stolen"] = stolen
        return {part: ticks / _TICKS for part, ticks in spent.items()}

    def memory_mb(self) -> dict[str, float]:
        """Resident memory by part; what workers share is counted in each."""
        held: Counter[str] = Counter()
        for part, pid in self._parts():
            fields = _read(Path(f"/proc/{pid}/statm")).split()
            held[part] += int(fields[1]) if len(fields) > 1 else 0
        return {part: pages * _PAGE_MB for part, pages in held.items()}

    def _parts(self) -> Iterator[tuple[str, int]]:
        asterisk = running_pid(self._run_dir / "asterisk") if self._run_dir else None
        theirs = set(_family(self._mercury)) if self._mercury else set()
        if asterisk:
            yield "asterisk", asterisk
        yield from ((self._kind(pid), pid) for pid in sorted(theirs - {asterisk}))
        for pid in set(_family(os.getpid())) - theirs - {asterisk}:
            if (kind := _own_kind(pid)) != "":
                yield kind, pid

    def _kind(self, pid: int) -> str:
        return "mercury" if pid == self._mercury else "workers"


def _own_kind(pid: int) -> str:
    if pid == os.getpid():
        return "phones"
    command = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
    if any(part.endswith("sipp") for part in command):
        return "sipp"
    return "backend" if "tests.standins.jupiter" in command else ""


def _family(pid: int) -> Iterator[int]:
    """A process and all that came of it."""
    yield pid
    for task in _tasks(pid):
        for child in _read(task / "children").split():
            yield from _family(int(child))


def _tasks(pid: int) -> Iterable[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return ()


def _ticks(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) if len(fields) > 13 else 0


def _machine() -> tuple[int, int]:
    """Ticks in which any core did anything, and in which it was kept from it (proc(5), /proc/stat)."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split(None, 9)[1:9]
    user, nice, system, _, _, irq, softirq, stolen = map(int, fields)
    return user + nice + system + irq + softirq, stolen


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
