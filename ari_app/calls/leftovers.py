"""What an earlier life of this node had under way, and what becomes of it where Asterisk has nothing of it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ari_app.calls.desk import CallDesk
from ari_app.calls.switch import Switch, SwitchError
from ari_app.ops.logging import get_logger
from ari_app.store.calls import CallStore
from ari_app.store.records import Attempt, CallRecord, Direction

_log = get_logger(__name__)
_HUNG_UP_S = 0.3
"""Until a channel that was hung up is gone, and its id is free."""
Undialled = tuple[CallRecord, Attempt]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """`begun`: calls that may still be in Asterisk. `undialled`: attempts that have rung nobody yet."""

    begun: Sequence[CallRecord]
    undialled: Sequence[Undialled]


async def left_over(store: CallStore, node: str) -> LeftOver:
    """All that is on record as this node's, and neither ended nor waiting for its turn."""
    begun: list[CallRecord] = []
    undialled: list[Undialled] = []
    for record in await store.list_active(node):
        attempts = await store.attempts_of(record.id)
        if record.due_at is not None:
            continue
        if record.direction is Direction.OUTBOUND and attempts and attempts[-1].dialled_at is None:
            undialled.append((record, attempts[-1]))
        else:
            begun.append(record)
    return LeftOver(begun, undialled)


async def bury(
    gone: Sequence[CallRecord],
    undialled: Sequence[Undialled],
    desk: CallDesk,
    resume: Callable[[CallRecord, Attempt], None],
    switch: Switch,
) -> None:
    """End on record what is gone; make now, under its own channel id, what was not dialled yet."""
    for record in gone:
        _log.warning("call.lost", call_id=record.id, status=record.status)
        await desk.bury(record)
    for _, attempt in undialled:
        with suppress(SwitchError):
            await switch.hang_up(attempt.channel_id)
    if undialled:
        await asyncio.sleep(_HUNG_UP_S)
    for record, attempt in undialled:
        resume(record, attempt)
