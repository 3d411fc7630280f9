"""An event loop whose time leaps to the next timer: minutes of calls in seconds, the same each time."""

from __future__ import annotations

import asyncio
import selectors


class _Leap(selectors.SelectSelector):
    """Never waits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing is left that could wake the loop: a scene waits for what never comes")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Timers come in their order, at once. Threads and sockets have no place here: time would not wait for them."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Seconds since it was made."""
        return self._leap.now


class LoopClock:
    """A media clock that follows a loop's time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        """Seconds; never 0."""
        return 1000.0 + self._loop.time()
