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
from dataclasses import dataclass

from ari_app.ari.listeners import Registration

_log = logging.getLogger(__name__)

Call = tuple[Registration, tuple[object, ...]]
"""A callback and what it is called with."""


class BacklogError(Exception):
    """More callbacks wait than are allowed to."""


@dataclass(slots=True)
class _Lane:
    waiting: deque[Call]
    running: Call
    since: float
    """When the running callback began, on the loop's clock."""
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
            raise BacklogError(f"{self._waiting} callbacks wait, {_name(lane.running)} holds {name}")
        lane.waiting.extend(calls)
        self._waiting += len(calls)
        held_s = asyncio.get_running_loop().time() - lane.since
        if held_s > self._slow_s and not lane.told:
            lane.told = True
            _log.warning("%s has held %s for %.1f s: start a task for long work", _name(lane.running), name, held_s)

    def _go_on(self, name: str, call: Call, unfinished: Awaitable[object], rest: Sequence[Call]) -> None:
        loop = asyncio.get_running_loop()
        lane = self._lanes[name] = _Lane(deque(rest), call, loop.time())
        self._waiting += len(rest)
        task = loop.create_task(self._work(name, lane, unfinished), name=f"ari {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str, lane: _Lane, unfinished: Awaitable[object] | None) -> None:
        try:
            while unfinished is not None:
                await _finish(lane.running, unfinished)
                unfinished = self._next(lane)
        finally:
            self._waiting -= len(lane.waiting)
            del self._lanes[name]

    def _next(self, lane: _Lane) -> Awaitable[object] | None:
        """Run what waits, up to the next callback that is to be awaited."""
        unfinished = None
        while lane.waiting and unfinished is None:
            lane.running, lane.since, lane.told = lane.waiting.popleft(), asyncio.get_running_loop().time(), False
            self._waiting -= 1
            unfinished = _start(lane.running)
        return unfinished


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
