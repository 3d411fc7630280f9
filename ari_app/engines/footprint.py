"""How much memory this process has, with its Python workers and on its GPU: what loading engines really took."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from media.gpu import free_vram_mib, has_gpu
from media.needs import Need

_PROC = Path("/proc")
_KIB_A_MIB = 1024


@dataclass(frozen=True, slots=True)
class Footprint:
    """At one moment: MiB of the processes' share of RAM (PSS), and MiB that are free on the GPU."""

    ram_mib: int
    free_vram_mib: int

    @classmethod
    def now(cls) -> Footprint:
        """Blocks: the kernel adds up the pages."""
        ram_kib = sum(_share_kib(pid) for pid in (os.getpid(), *_workers(os.getpid())))
        return cls(ram_kib // _KIB_A_MIB, free_vram_mib() if has_gpu() else 0)

    def growth(self) -> Need:
        """What was taken since. Blocks. What others take of the GPU meanwhile counts too."""
        now = Footprint.now()
        return Need(max(0, now.ram_mib - self.ram_mib), max(0, self.free_vram_mib - now.free_vram_mib))


def _share_kib(pid: int) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _workers(pid: int) -> Iterator[int]:
    """Python processes that it started, and theirs; Asterisk, too, is a child."""
    for task in (_PROC / str(pid) / "task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text(encoding="ascii").split()):
                if _is_python(child):
                    yield child
                    yield from _workers(child)


def _is_python(pid: int) -> bool:
    with suppress(OSError):
        return (_PROC / str(pid) / "exe").readlink().name.startswith("python")
    return False
