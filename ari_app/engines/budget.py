"""Whether the engines fit the machine: what they declare, before any of them is loaded, against what there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ari_app.ops.engine_settings import EngineSettings, MemorySettings
from media.errors import EngineUnavailableError
from media.gpu import free_vram_mib
from media.needs import NOTHING, TOO_MUCH, Need, table, total

_RESERVE_MIB, _RESERVE_SHARE = 1024, 0.25
"""RAM left to calls, to what Mercury itself holds, and to Asterisk; of a small machine, a share of what is free."""
_KIB_A_MIB = 1024
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


class MemoryBudgetError(EngineUnavailableError):
    """The engines declare more than there is; the text has the table, and says what to do."""


def need_of(name: str, engine: Any, chosen: EngineSettings) -> Need:
    """What it declares, unless its model says otherwise; nothing, where it declares nothing."""
    try:
        declared: Need = getattr(engine, "need", NOTHING)
    except (OSError, ValueError) as error:
        raise EngineUnavailableError(f"engine {name!r} can't tell what memory it needs: {error}") from error
    model = chosen.models.get(name)
    ram, vram = (model.need_ram_mib, model.need_vram_mib) if model else (None, None)
    return Need(declared.ram_mib if ram is None else ram, declared.vram_mib if vram is None else vram)


def free() -> Need:
    """What is free now. Blocks."""
    return Need(free_ram_mib(), free_vram_mib())


def budget_of(memory: MemorySettings, found: Need) -> Need:
    """What the settings allow, else what was found free, less a reserve."""
    reserve_mib = min(_RESERVE_MIB, int(found.ram_mib * _RESERVE_SHARE))
    return Need(
        ram_mib=found.ram_mib - reserve_mib if memory.ram_mib is None else memory.ram_mib,
        vram_mib=found.vram_mib if memory.vram_mib is None else memory.vram_mib,
    )


def free_ram_mib(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int:
    """What may be taken without swapping: of the machine, or of the container where that is less."""
    lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
    free = int(lines["MemAvailable"].split()[0]) // _KIB_A_MIB
    return min(free, _free_in_container_mib(cgroup, free))


def _free_in_container_mib(cgroup: Path, otherwise: int) -> int:
    """Its limit, less what is used and could not be dropped."""
    try:
        limit = (cgroup / "memory.max").read_text(encoding="ascii").strip()
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
        told = dict(line.split() for line in (cgroup / "memory.stat").read_text(encoding="ascii").splitlines())
    except OSError:
        return otherwise
    if not limit.isdigit():
        return otherwise
    return max(0, int(limit) - used + int(told.get("inactive_file", 0))) // _KIB_A_MIB**2


def check_budget(needs: Mapping[str, Need], budget: Need) -> None:
    """Raises `MemoryBudgetError` where all together is more than the budget."""
    missing = total(needs.values()).beyond(budget)
    if missing != NOTHING:
        raise MemoryBudgetError(
            f"the engines need more memory than there is, nothing of them was loaded; missing: {missing}\n"
            f"{table(needs, budget)}\nWhat to do: {TOO_MUCH}"
        )
