"""Places outbound calls: again after a fault of ours, and with an end on record if that does not help."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ari_app.ops.logging import get_logger
from ari_app.store.calls import CallStore
from ari_app.store.records import Status

_log = get_logger(__name__)
_PLACE_AGAIN_S = (1.0, 2.0, 5.0)
_GIVE_UP_AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
Place = Callable[[str], Coroutine[Any, Any, None]]
"""Places an outbound call (id) and returns at its end; at once for one that has ended. Repeated after a crash."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The end of a call that could not be placed for a fault of ours."""

    reason: str
    status: Status = Status.FAILED
    outcome: str = "failed"
    data: Mapping[str, object] = field(default_factory=dict)


class Placer:
    """Runs one call to its end, whatever happens: a call always has a result."""

    def __init__(self, store: CallStore, place: Place, wall: Callable[[], datetime]) -> None:
        self._store = store
        self._place = place
        self._wall = wall

    async def run(self, call_id: str) -> None:
        """Place it. Raises only when its end could not be recorded for two minutes."""
        fault = ""
        for pause_s in (0.0, *_PLACE_AGAIN_S):
            await asyncio.sleep(pause_s)
            fault = await self._fault(call_id)
            if not fault:
                return
        await self._give_up(call_id, fault)

    async def _fault(self, call_id: str) -> str:
        """Place it: what went wrong, or nothing."""
        try:
            await self._place(call_id)
        except Exception as error:  # a task's root
            _log.exception("call.not_placed", call_id=call_id)
            return f"{type(error).__name__}: {error}"
        return ""

    async def _give_up(self, call_id: str, fault: str) -> None:
        ending = Unplaced(f"the call could not be placed: {fault}"[:500])
        for pause_s in _GIVE_UP_AGAIN_S:
            try:
                await self._store.finish(call_id, ending, 0, self._wall())
            except SQLAlchemyError as error:
                _log.warning("call.end_not_recorded", call_id=call_id, error=str(error))
                await asyncio.sleep(pause_s)
            else:
                return
        await self._store.finish(call_id, ending, 0, self._wall())
