"""How many deliveries are under way, to all receivers and to each: one that hangs must not keep the others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_MOST_IN_TROUBLE = 1000
"""Receivers in trouble that are remembered while nothing is sent to them."""


@dataclass(slots=True)
class _Host:
    free: asyncio.Condition = field(default_factory=asyncio.Condition)
    users: int = 0
    """Who sends, or waits to."""
    busy: int = 0
    trouble: bool = False


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
        host.users += 1
        try:
            async with host.free:
                await host.free.wait_for(lambda: host.busy < self._limit(host))
                host.busy += 1
            try:
                async with self._total:
                    yield
            finally:
                host.busy -= 1
                async with host.free:
                    host.free.notify(max(1, self._limit(host) - host.busy))
        finally:
            host.users -= 1
            self._forget(name, host)

    def report(self, name: str, *, trouble: bool) -> None:
        """How an attempt went, before its slot is given back."""
        if name in self._hosts:
            self._hosts[name].trouble = trouble

    def _limit(self, host: _Host) -> int:
        return 1 if host.trouble else self._per_host

    def _forget(self, name: str, host: _Host) -> None:
        if not host.users and not host.trouble:
            self._hosts.pop(name, None)
        elif len(self._hosts) > _MOST_IN_TROUBLE:
            idle = next((known for known, other in self._hosts.items() if not other.users), None)
            if idle:
                del self._hosts[idle]
