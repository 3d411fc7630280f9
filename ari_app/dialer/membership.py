"""This node among those that share its records: it shows that it lives, and sees when another does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from ari_app.ops.logging import get_logger
from ari_app.store.calls import CallStore, FencedError
from ari_app.store.nodes import Node

_log = get_logger(__name__)
BEAT_S = 1.0
LEASE_S = 15.0
"""A node that has not been seen to live for so long is declared lost."""
CERTAIN_S = 6.0
"""A node that has not shown its life for so long dials nothing: a peer may be about to take over."""
_BLIND_S = 5.0
"""Who has not looked for so long has seen nothing meanwhile: everybody's time begins anew."""


@dataclass(slots=True)
class _Seen:
    epoch: int
    beat: int
    since: float


class Watch:
    """Which nodes have fallen silent, by this process's own monotonic clock: no wall clock can lie about it. Pure."""

    def __init__(self, own: str) -> None:
        self._own = own
        self._seen: dict[str, _Seen] = {}
        self._looked_at: float | None = None

    def silent(self, nodes: Sequence[Node], now: float) -> Sequence[Node]:
        """Those of the others whose beat has not grown for `LEASE_S`. `now`: seconds."""
        if self._looked_at is None or now - self._looked_at > _BLIND_S:
            self._seen.clear()
        self._looked_at = now
        return [node for node in nodes if node.name != self._own and not node.lost and self._is_silent(node, now)]

    def _is_silent(self, node: Node, now: float) -> bool:
        seen = self._seen.get(node.name)
        if seen is None or (seen.epoch, seen.beat) != (node.epoch, node.beat):
            self._seen[node.name] = _Seen(node.epoch, node.beat, now)
            return False
        return now - seen.since >= LEASE_S


class Membership:
    """Beats for one node from `start` to `close`."""

    def __init__(self, store: CallStore, node: str, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._watch = Watch(node)
        self.on_lost: Callable[[Node], Awaitable[None]] | None = None
        """Told of each peer whose part this node has taken. None as yet: no peer is declared lost."""
        self._now = now
        self._shown_at = now()
        self._task: asyncio.Task[None] | None = None

    def certain(self) -> bool:
        """Whether no peer can have taken over what this node has."""
        return self._now() - self._shown_at < CERTAIN_S

    def start(self) -> None:
        """Begin to beat: the store has joined."""
        self._shown_at = self._now()
        self._task = asyncio.create_task(self._beat_on(), name="node beat")

    async def close(self) -> None:
        """Beat no more."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _beat_on(self) -> None:
        while True:
            try:
                await self._beat()
            except FencedError:
                return
            except SQLAlchemyError as error:
                _log.warning("node.no_beat", error=str(error))
            except Exception:  # a task's root: the next beat may come
                _log.exception("node.no_beat")
            await asyncio.sleep(BEAT_S)

    async def _beat(self) -> None:
        began = self._now()
        await self._store.beat()
        self._shown_at = began
        for node in self._watch.silent(await self._store.nodes(), self._now()):
            if self.on_lost and await self._store.take_over(node):
                _log.error("node.lost", peer=node.name, epoch=node.epoch)
                await self.on_lost(node)
