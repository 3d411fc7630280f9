"""What the flow of a call must notice whatever it waits for: a caller who has gone, its time, what is asked of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from ari_app.calls.history import History
from ivr_flows.events import Control, HungUp, LanguageAsked, TimeUp

_T = TypeVar("_T")
_CLEAN_UP_S = 5.0
_MOST_CONTROLS = 8


class CutShortError(Exception):
    """What was waited for will not come: the event came instead."""

    def __init__(self, event: HungUp | TimeUp | Control) -> None:
        super().__init__(type(event).__name__)
        self.event = event


class Attention:
    """One call's. `news` wakes whoever waits for anything; whatever raises `CutShortError` does so first for a hang-up,
    and only once for the end of the time, and for each thing that is asked."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._news = asyncio.Event()
        self._due = asyncio.Event()
        self._gone = False
        self._time_up = False
        self._asked: deque[Control] = deque(maxlen=_MOST_CONTROLS)
        self._over = False

    def wake(self) -> None:
        """Something came."""
        self._news.set()

    def hung_up(self) -> None:
        """The caller has gone."""
        self._gone = True
        self._interrupt()

    def time_up(self) -> None:
        """The call has lasted as long as it may."""
        self._time_up = True
        self._interrupt()

    def ask(self, control: Control) -> bool:
        """Something is asked of the call from outside; False when its flow is over."""
        if self._over:
            return False
        self._asked.append(control)
        self._interrupt()
        return True

    def flow_over(self) -> None:
        """The flow is over: its last words are not cut short by the clock, nor by anybody."""
        self._over = True
        self._asked.clear()
        self._time_up = False
        if not self._gone:
            self._due.clear()

    @property
    def gone(self) -> bool:
        """Whether the caller has gone."""
        return self._gone

    def check(self) -> None:
        """Go on, or raise `CutShortError`."""
        if self._gone:
            raise CutShortError(HungUp(self._history.ms()))
        if self._asked:
            raise CutShortError(replace(self._next_asked(), at_ms=self._history.ms()))
        if self._time_up:
            self._time_up = False
            self._due.clear()
            raise CutShortError(TimeUp(self._history.ms()))

    def _next_asked(self) -> Control:
        """What ends the wait for good comes first."""
        control = next(filter(_urgent, self._asked), self._asked[0])
        self._asked.remove(control)
        if not (self._asked or self._time_up):
            self._due.clear()
        return control

    @property
    def _leaves(self) -> bool:
        """Whether a talk with a person is to be broken off."""
        return self._gone or any(map(_urgent, self._asked))

    async def news(self) -> None:
        """Wait for what comes next. Raises `CutShortError`."""
        await self._news.wait()
        self._news.clear()
        self.check()

    async def unless_cut_short(
        self,
        work: Coroutine[Any, Any, _T],
        timeout_s: float | None = None,
        *,
        grace_s: float = 0.0,
    ) -> _T:
        """The work's result. Raises `CutShortError`, or `TimeoutError` past the time; the work is ended by then.

        `grace_s`: what work may go on for when it would be cut short.
        """
        task = asyncio.ensure_future(work)
        due = asyncio.ensure_future(self._due.wait())
        try:
            await asyncio.wait({task, due}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if grace_s and due.done() and not task.done():
                await asyncio.wait({task}, timeout=grace_s)
            if not (grace_s and task.done()):
                self.check()
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            due.cancel()
            await _ended(task)

    async def unless_gone(self, work: Coroutine[Any, Any, _T]) -> _T:
        """The work's result, however long it takes: the end of the time and a change of language are told to the next
        wait.

        Raises `CutShortError` for a hang-up, or an end or transfer that is asked; the work is ended by then.
        """
        task = asyncio.ensure_future(work)
        try:
            while not task.done() and not self._leaves:
                self._due.clear()
                due = asyncio.ensure_future(self._due.wait())
                await asyncio.wait({task, due}, return_when=asyncio.FIRST_COMPLETED)
                due.cancel()
            if self._leaves:
                self.check()
            return task.result()
        finally:
            if self._gone or self._time_up or self._asked:
                self._due.set()
            await _ended(task)

    def _interrupt(self) -> None:
        self._due.set()
        self._news.set()


def _urgent(control: Control) -> bool:
    return not isinstance(control, LanguageAsked)


async def _ended(task: asyncio.Future[Any]) -> None:
    """Cancel it, and let it clean up."""
    if task.done():
        with suppress(Exception, asyncio.CancelledError):
            task.result()
        return
    task.cancel()
    await asyncio.wait({task}, timeout=_CLEAN_UP_S)
