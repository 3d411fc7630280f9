"""How many deliveries are under way, to all receivers and to each: one that hangs must not keep the others waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_MOST_IN_TROUBLE = 1000
"""Receivers in trouble that are remembered while nothing is sent to them."""


@dataclass(slots=True)
class _Host:
    busy: int = 0
    trouble: bool = False
    line: deque[asyncio.Future[None]] = field(default_factory=deque)


class HostSlots:
    """At most `total` at once, and `per_host` of them to one receiver: a single one while it is in trouble."""

    def __init__(self, *, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def slot(self, name: str) -> AsyncIterator[None]:
        """A slot for one attempt, in the order of asking."""
        host = self._hosts.setdefault(name, _Host())
        await self._enter(host)
        try:
            async with self._total:
                yield
        finally:
            self._leave(name, host)

    def report(self, name: str, *, trouble: bool) -> None:
        """How an attempt went, before its slot is given back."""
        if name in self._hosts:
            self._hosts[name].trouble = trouble

    async def _enter(self, host: _Host) -> None:
        if host.busy < self._limit(host) and not host.line:
            host.busy += 1
            return
        turn = asyncio.get_running_loop().create_future()
        host.line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                host.busy -= 1
                self._admit(host)
            raise

    def _leave(self, name: str, host: _Host) -> None:
        host.busy -= 1
        self._admit(host)
        if not host.busy:
            self._forget(name, host)

    def _admit(self, host: _Host) -> None:
        """Let in those at the head of the line, as many as there is room for."""
        while host.line and host.busy < self._limit(host):
            turn = host.line.popleft()
            if not turn.done():
                host.busy += 1
                turn.set_result(None)

    def _limit(self, host: _Host) -> int:
        return 1 if host.trouble else self._per_host

    def _forget(self, name: str, host: _Host) -> None:
        """One that is well needs no remembering; of those in trouble the oldest goes when they are too many."""
        if not host.trouble:
            self._hosts.pop(name, None)
        elif len(self._hosts) > _MOST_IN_TROUBLE:
            idle = next((known for known, other in self._hosts.items() if not other.busy), None)
            if idle:
                del self._hosts[idle]
