"""Following a history that others write, pure: each line once, those too that are committed out of turn."""

from __future__ import annotations

from collections.abc import Sequence

from ari_app.store.listing import Line

_SETTLED_S = 5.0
"""PostgreSQL numbers lines before they are committed: one with a lower number may still come so long after."""


class Tail:
    """What a reader has of one call's history. Times are seconds of a monotonic clock."""

    def __init__(self, after: int = 0) -> None:
        self._floor = after
        self._seen: dict[int, float] = {}

    @property
    def floor(self) -> int:
        """Lines up to this one need not be looked at any more."""
        return self._floor

    def new(self, lines: Sequence[Line], now: float) -> list[Line]:
        """Those that the reader has not had; `lines` are all after `floor`, in order."""
        fresh = [line for line in lines if line.id not in self._seen]
        self._seen |= {line.id: now for line in fresh}
        settled = [number for number, at in self._seen.items() if now - at > _SETTLED_S]
        if settled:
            self._floor = max(self._floor, *settled)
            self._seen = {number: at for number, at in self._seen.items() if number > self._floor}
        return fresh
