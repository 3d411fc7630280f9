"""A few places and a bounded line before them: for work that is done elsewhere, such as a server's connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media.errors import EngineBusyError
from media.workers.line import Line, LineFullError, Rank


class Places:
    """`count` may be held at once; who waits for one goes by rank. `name` is the engine's, for errors."""

    def __init__(self, name: str, count: int, *, queue: int = 64) -> None:
        if count < 1:
            raise ValueError(f"{name}: expected at least one place, got {count}")
        self._name = name
        self._free = count
        self._line = Line[asyncio.Future[None]](queue)

    @asynccontextmanager
    async def held(self, rank: Rank, within_s: float) -> AsyncIterator[None]:
        """One of them.

        Raises `EngineBusyError` when the line is full, somebody of higher rank took the place in it, or none came free
        in time.
        """
        await self._taken(rank, within_s)
        try:
            yield
        finally:
            self._leave()

    async def _taken(self, rank: Rank, within_s: float) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._join(turn, rank)
        try:
            async with asyncio.timeout(within_s) as limit:
                await turn
        except BaseException as error:
            self._line.leave(turn)
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._leave()
            if limit.expired() and isinstance(error, TimeoutError):
                raise EngineBusyError(f"{self._name}: no place came free within {within_s:g} s") from error
            raise

    def _join(self, turn: asyncio.Future[None], rank: Rank) -> None:
        try:
            displaced = self._line.join(turn, rank)
        except LineFullError as error:
            raise EngineBusyError(f"{self._name}: {len(self._line)} requests wait already") from error
        if displaced and not displaced.done():
            displaced.set_exception(EngineBusyError(f"{self._name}: gave its place to a caller who waits in silence"))

    def _leave(self) -> None:
        while turn := self._line.next():
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
