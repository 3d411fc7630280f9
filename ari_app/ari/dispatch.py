"""Runs callbacks so that the reader never waits for one.

Events about one channel (one *lane*) are handled one after another, in the order in which they came. Plain functions
of a lane that is idle run at once. A callback that returns an awaitable makes its lane busy: a task awaits it, and what
comes for that lane meanwhile queues up behind it, while other lanes go on. An idle lane costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

from ari_app.ari.listeners import Registration

_log = logging.getLogger(__name__)

Call = tuple[Registration, tuple[object, ...]]
"""A callback and what it is called with."""


class BacklogError(Exception):
    """More callbacks wait than are allowed to."""


@dataclass(slots=True)
class _Lane:
    waiting: deque[Call] = field(default_factory=deque)
    busy_with: str = ""
    since: float = 0.0
    told: bool = False


class Dispatcher:
    """All lanes. At most `limit` callbacks wait; one that takes longer than `slow_s` while others wait is logged."""

    def __init__(self, limit: int, slow_s: float = 5.0) -> None:
        self._limit = limit
        self._slow_s = slow_s
        self._lanes: dict[str, _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many callbacks wait for their turn."""
        return self._waiting

    def put(self, name: str, calls: Sequence[Call]) -> None:
        """Run callbacks in a lane, now or after those before them. Raises `BacklogError`."""
        if lane := self._lanes.get(name):
            self._queue(name, lane, calls)
            return
        for index, call in enumerate(calls):
            if (unfinished := _start(call)) is not None:
                self._go_on(name, call, unfinished, calls[index + 1 :])
                return

    def clear(self) -> None:
        """Drop what waits; what runs goes on."""
        for lane in self._lanes.values():
            lane.waiting.clear()
        self._waiting = 0

    async def close(self, grace_s: float) -> None:
        """Let callbacks that run finish for so long, then cancel them."""
        self.clear()
        tasks = self._tasks - {asyncio.current_task()}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()

    def _queue(self, name: str, lane: _Lane, calls: Sequence[Call]) -> None:
        if self._waiting + len(calls) > self._limit:
            raise BacklogError(f"{self._waiting} callbacks wait, {lane.busy_with} holds {name}")
        lane.waiting.extend(calls)
        self._waiting += len(calls)
        held_s = asyncio.get_running_loop().time() - lane.since
        if held_s > self._slow_s and not lane.told:
            lane.told = True
            _log.warning("%s has held %s for %.1f s: start a task for long work", lane.busy_with, name, held_s)

    def _go_on(self, name: str, call: Call, unfinished: Awaitable[object], rest: Sequence[Call]) -> None:
        lane = self._lanes[name] = _Lane(deque(rest))
        self._waiting += len(rest)
        task = asyncio.get_running_loop().create_task(self._work(name, lane, call, unfinished), name=f"ari {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str, lane: _Lane, call: Call, unfinished: Awaitable[object]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                lane.busy_with, lane.since, lane.told = _name(call), loop.time(), False
                await _finish(call, unfinished)
                following = self._next(lane)
                if following is None:
                    return
                call, unfinished = following
        finally:
            self._waiting -= len(lane.waiting)
            del self._lanes[name]

    def _next(self, lane: _Lane) -> tuple[Call, Awaitable[object]] | None:
        while lane.waiting:
            call = lane.waiting.popleft()
            self._waiting -= 1
            if (unfinished := _start(call)) is not None:
                return call, unfinished
        return None


def _start(call: Call) -> Awaitable[object] | None:
    """Call it; gives what is left to be awaited."""
    registration, arguments = call
    if registration.closed:
        return None
    try:
        result = registration.callback(*arguments)
    except Exception:
        _log.exception("%s raised", _name(call))
        return None
    return result if isinstance(result, Awaitable) else None


async def _finish(call: Call, unfinished: Awaitable[object]) -> None:
    try:
        await unfinished
    except Exception:
        _log.exception("%s raised", _name(call))


def _name(call: Call) -> str:
    registration, _ = call
    name = getattr(registration.callback, "__qualname__", repr(registration.callback))
    return f"the callback {name} for {registration.event_type}"
