"""A decision until it is certain: it stands on record, or it never will. Nothing between the two is told to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from ari_app.store.records import Decision

WITHIN_S = 5.0
"""A decision that has not come to its commit by then is withdrawn."""
_DOUBT_S = 20.0
"""How long one whose commit was sent and not acknowledged is asked about again: the same decision is accepted again."""
_AGAIN_S = 0.3


class WithdrawnError(Exception):
    """It was not committed in time, and is not going to be."""


class Deadline:
    """Shared with the transaction: asked at its end, once, whether it may commit."""

    def __init__(self) -> None:
        self._withdrawn = False
        self.committing = False
        """The transaction was let through: what became of it is known by its answer alone, or by asking again."""

    def withdraw(self) -> bool:
        """Have it not committed; False when it has been let through already."""
        self._withdrawn = self._withdrawn or not self.committing
        return self._withdrawn

    def pass_(self) -> None:
        """Let the transaction through. Raises `WithdrawnError`, which takes all of it back."""
        if self._withdrawn:
            raise WithdrawnError
        self.committing = True


Decide = Callable[[Callable[[], None]], Awaitable[Decision]]
"""Runs the transaction; it calls its argument last before the commit."""


async def decided(decide: Decide, within_s: float = WITHIN_S) -> Decision:
    """What stands. Raises `WithdrawnError` when it is certain that nothing was committed in time.

    Raises `SQLAlchemyError` or `TimeoutError` when the records can't be asked what became of a commit that was sent.
    """
    clock = asyncio.get_running_loop()
    until, doubt = clock.time() + within_s, False
    while True:
        deadline = Deadline()
        asked = asyncio.ensure_future(decide(deadline.pass_))
        await asyncio.wait({asked}, timeout=max(0.0, until - clock.time()))
        if not asked.done() and not deadline.withdraw():
            await asyncio.wait({asked}, timeout=_DOUBT_S)
        if not asked.done():
            asked.add_done_callback(_forget)
            raise TimeoutError if deadline.committing or doubt else WithdrawnError
        try:
            return asked.result()
        except SQLAlchemyError:
            if deadline.committing and not doubt:
                until, doubt = clock.time() + _DOUBT_S, True
            if clock.time() + _AGAIN_S >= until:
                raise
            await asyncio.sleep(_AGAIN_S)


def _forget(asked: asyncio.Future[Decision]) -> None:
    """Nobody waits for it any more: it was withdrawn, or its answer comes too late to be told."""
    if not asked.cancelled():
        asked.exception()
