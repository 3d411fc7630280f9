"""What is known of a call so far, and waiting for more of it: every wait has a deadline and ends with the call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from phones.errors import CallEndedError, PhoneTimeoutError
from phones.sip import SipMessage
from phones.trace import End


class Progress:
    """The story of one call. Whoever learns something sets it here and calls `wake`."""

    def __init__(self, name: str, timeout_s: float) -> None:
        self.name = name
        self.invite = SipMessage("")
        self.provisional = 0
        """The last provisional response received."""
        self.replies = 0
        """Provisional responses sent."""
        self.answered = False
        self.end: End | None = None
        self.exit_status: int | None = None
        """SIPp's, once it is gone."""
        self._timeout_s = timeout_s
        self._history: list[tuple[float, str]] = []
        self._waiters: set[asyncio.Future[None]] = set()

    def note(self, text: str) -> None:
        """Add to the story."""
        self._history.append((time.time(), text))

    def so_far(self) -> str:
        """The story, with seconds since its beginning."""
        start = self._history[0][0] if self._history else 0.0
        return f"{self.name}: " + "; ".join(f"{at - start:+.2f} s {text}" for at, text in self._history)

    def wake(self) -> None:
        """Have everyone who waits look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(
        self, happened: Callable[[], bool], what: str, timeout_s: float | None, *, fatal: bool = True
    ) -> None:
        """Wait for `happened`. With `fatal`, the end of the call ends the wait.

        Raises `PhoneTimeoutError` or `CallEndedError`, with the story.
        """
        deadline = self.deadline(timeout_s)
        while not happened():
            if fatal and self.end is not None:
                raise self.over(f"wait for {what}" if what else "pause")
            rest = deadline - time.time()
            if rest <= 0:
                raise self.late(what, timeout_s)
            await self._changed(rest)

    def deadline(self, timeout_s: float | None) -> float:
        """When a wait of so many seconds (None: the line's own) is over."""
        return time.time() + (self._timeout_s if timeout_s is None else timeout_s)

    def late(self, what: str, timeout_s: float | None) -> PhoneTimeoutError:
        """The error of a wait that took too long."""
        waited = self._timeout_s if timeout_s is None else timeout_s
        return PhoneTimeoutError(f"expected {what} within {waited:g} s; so far: {self.so_far()}")

    def over(self, what: str) -> CallEndedError:
        """The error of wanting something of a call that is over."""
        return CallEndedError(f"can't {what}: the call ended ({self.end}); so far: {self.so_far()}")

    async def _changed(self, timeout_s: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=timeout_s)
        finally:
            self._waiters.discard(waiter)
