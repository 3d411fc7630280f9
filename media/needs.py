"""What an engine needs of the machine's memory, declared before it is loaded, and whether all of it fits.

An engine that holds a model has a property `need: Need`, known once it is made and before it is started, by a formula
that its docstring states. Figures are MiB (1024 · 1024 bytes).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

_MIB = 1024 * 1024
TOO_MUCH = (
    "take an engine out of its chain, give it a smaller model or compute type, put it behind HTTP on another machine, "
    "or choose another engines.profile; where one is known to take less than it declares, set its need_vram_mib and "
    "need_ram_mib in engines.models; engines.memory says what all may take"
)
"""What to do where engines do not fit."""
_HEADER = ("engine", "VRAM MiB", "RAM MiB")


@dataclass(frozen=True, slots=True)
class Need:
    """Memory that is taken, or that there is: of the machine, and of its GPU."""

    ram_mib: int = 0
    vram_mib: int = 0

    def __post_init__(self) -> None:
        if self.ram_mib < 0 or self.vram_mib < 0:
            raise ValueError(f"a need is 0 MiB or more, got RAM {self.ram_mib}, VRAM {self.vram_mib}")

    def __add__(self, other: Need) -> Need:
        return Need(self.ram_mib + other.ram_mib, self.vram_mib + other.vram_mib)

    def __str__(self) -> str:
        said = [f"{mib:,} MiB of {kind}" for mib, kind in ((self.vram_mib, "VRAM"), (self.ram_mib, "RAM")) if mib]
        return " and ".join(said) or "nothing"

    def beyond(self, budget: Need) -> Need:
        """What of it the budget lacks; nothing where it fits."""
        return Need(max(0, self.ram_mib - budget.ram_mib), max(0, self.vram_mib - budget.vram_mib))

    @classmethod
    def placed(cls, mib: int, *, on_gpu: bool, ram_mib: int = 0) -> Self:
        """A model's `mib` where it is: on the GPU, else in RAM; `ram_mib` is in RAM wherever the model is."""
        return cls(ram_mib, mib) if on_gpu else cls(ram_mib + mib)


NOTHING = Need()


def total(needs: Iterable[Need]) -> Need:
    """The sum."""
    return sum(needs, NOTHING)


def mib_of(size_bytes: float) -> int:
    """Bytes as MiB, rounded up."""
    return math.ceil(size_bytes / _MIB)


def table(needs: Mapping[str, Need], budget: Need) -> str:
    """What each engine declares, the sum, the budget and what is missing; a line each, in columns."""
    needed = total(needs.values())
    missing = needed.beyond(budget)
    rows = [*needs.items(), ("sum", needed), ("budget", budget)]
    if missing != NOTHING:
        rows.append(("missing", missing))
    lines = [_HEADER, *((name, f"{need.vram_mib:,}", f"{need.ram_mib:,}") for name, need in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {vram:>{widths[1]}}  {ram:>{widths[2]}}".rstrip() for name, vram, ram in lines
    )
