"""A deadline that runs only while audio is owed: for text that was sent, not for text that still comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from media.errors import EngineBusyError, EngineError
from media.tts.paced import Pace

_T = TypeVar("_T")


class Owed:
    """What a server owes for what it was sent. One task waits; another says what is sent."""

    def __init__(self, name: str, pace: Pace) -> None:
        self._name = name
        self._pace = pace
        self._limit_s: float | None = None
        self._ended = False
        self._waiting: asyncio.Timeout | None = None

    def sent(self) -> None:
        """A sentence was sent. What is owed already is not put off by it."""
        if self._limit_s is None:
            self._run(self._pace.first_audio_s)

    def ended(self) -> None:
        """All was sent: from now on something is owed until the end."""
        self._ended = True
        self.sent()

    def paid(self) -> None:
        """Audio came."""
        self._limit_s = self._pace.gap_s if self._ended else None

    async def within(self, coming: Awaitable[_T]) -> _T:
        """What is waited for. Raises `EngineBusyError` when it is owed for too long."""
        try:
            async with asyncio.timeout(self._limit_s) as self._waiting:
                return await coming
        except EngineError:
            raise
        except TimeoutError as error:
            raise EngineBusyError(f"{self._name}: expected audio within {self._limit_s:g} s, none came") from error
        finally:
            self._waiting = None

    def _run(self, limit_s: float) -> None:
        self._limit_s = limit_s
        if self._waiting:
            self._waiting.reschedule(asyncio.get_running_loop().time() + limit_s)
