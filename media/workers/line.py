"""Who waits for a worker: a bounded line in which those of lower rank number go first. Pure."""

from __future__ import annotations

from bisect import insort
from enum import IntEnum
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Rank(IntEnum):
    """Who goes first: the caller who waits in silence."""

    WAITING = 0
    """A caller's turn is over, and they hear nothing."""
    PAUSE = 1
    """The caller pauses, and may have finished."""
    AHEAD = 2
    """The caller is speaking: work that may save time later."""


class LineFullError(Exception):
    """Nobody in the line may be sent away for the newcomer."""


class Line(Generic[_T]):
    """First come, first served within a rank. Items are told apart by identity."""

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"a line has at least one place, got {most}")
        self._most = most
        self._count = 0
        self._waiting: list[tuple[int, int, _T]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, item: _T, rank: int) -> _T | None:
        """Stand in the line; who has to leave it for that, if anybody: the last, where it ranks behind the newcomer.

        Raises `LineFullError` where the line is full of those that rank no lower.
        """
        displaced = None
        if len(self._waiting) >= self._most:
            if self._waiting[-1][0] <= rank:
                raise LineFullError
            displaced = self._waiting.pop()[2]
        self._count += 1
        insort(self._waiting, (rank, self._count, item), key=lambda place: place[:2])
        return displaced

    def next(self) -> _T | None:
        """Who is served now; None when nobody waits."""
        return self._waiting.pop(0)[2] if self._waiting else None

    def leave(self, item: _T) -> None:
        """Wait no more. Nothing happens to who is not in the line."""
        self._waiting = [place for place in self._waiting if place[2] is not item]
