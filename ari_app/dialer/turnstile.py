"""Lets attempts of a trunk ask for their turn one at a time, the first in line first."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Place = tuple[int, int]
"""A rank, and a number of its own: who came first of those with one rank."""


class Turnstile:
    """One trunk's, on one node: attempts that left the queue together would else ask in any order."""

    def __init__(self) -> None:
        self._waiting: list[Place] = []
        self._inside = False
        self._moved = asyncio.Condition()

    @asynccontextmanager
    async def line(self, place: Place) -> AsyncIterator[None]:
        """Stand in line, from the first asking to the last."""
        insort(self._waiting, place)
        try:
            yield
        finally:
            self._waiting.remove(place)
            async with self._moved:
                self._moved.notify_all()

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:
        """Be alone inside, once nobody stands before this place. Whoever comes to stand there meanwhile is next."""
        async with self._moved:
            await self._moved.wait_for(lambda: not self._inside and self._waiting[0] == place)
            self._inside = True
        try:
            yield
        finally:
            self._inside = False
            async with self._moved:
                self._moved.notify_all()
