"""An event loop whose time passes only while nothing else is left to do: then it jumps to the next timer.

    @virtual_time
    async def test_it_gives_up_after_an_hour() -> None: ...

Not for tests that wait for threads, processes or a database: time would jump while these work.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

_P = ParamSpec("_P")


class StuckError(Exception):
    """Nothing is left that could ever happen, and the test still waits."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its `time()` begins at 1000 s."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Jump(self))

    def time(self) -> float:
        return self.now


class _Jump(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise StuckError("nothing is scheduled, and nobody can wake the loop")
        if not ready and timeout:
            self._loop.now += timeout
        return ready


class LoopClock:
    """The running loop's time, as a `media.clock.Clock`."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()


def virtual_time(test: Callable[_P, Coroutine[Any, Any, None]]) -> Callable[_P, None]:
    """Run an async test on a loop of virtual time."""

    @wraps(test)
    def run(*arguments: _P.args, **keywords: _P.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(test(*arguments, **keywords))

    return run


async def settle() -> None:
    """Let everything go on that can without time passing."""
    for _ in range(20):
        await asyncio.sleep(0)
