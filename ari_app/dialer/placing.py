"""Begins attempts: each when its turn has come, and with an end on record whatever happens."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.ids import Names
from ari_app.calls.outcome import Final, lost, not_made
from ari_app.dialer.turnstile import Turnstile
from ari_app.ops.logging import get_logger
from ari_app.store.calls import CallStore, FencedError
from ari_app.store.queue import Begin, Due, Gate, Standing, Turn, due
from ari_app.store.records import Attempt, CallRecord
from ari_app.store.transactions import Technical

_log = get_logger(__name__)
_STORE_AWAY_S = (0.5, 2.0)
_GIVE_UP_AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_NOT_READY_S = 1.0
_SOON_S = 2.0
"""A wait up to this is waited for; a longer one goes back to the queue."""
Place = Callable[[CallRecord, Attempt], Coroutine[Any, Any, None]]
"""Runs an attempt that has begun to its end, and records that."""
Ready = Callable[[], Coroutine[Any, Any, None]]
"""Returns once one more call may begin on this node. Raises `TimeoutError` when that was not within its patience."""
PutOff = Callable[[Due, float], Coroutine[Any, Any, None]]
"""Has an attempt queued anew, to leave in so many seconds."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a trunk takes."""

    per_second: float
    most: int


class Placer:
    """One node's. `close` cancels what lives here: its attempts stay on record, for the next start."""

    def __init__(
        self,
        store: CallStore,
        *,
        node: str,
        gate: Gate,
        ready: Ready,
        place: Place,
        capacity: Callable[[str], Capacity],
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._node = node
        self._gate = gate
        self._ready = ready
        self._place = place
        self._capacity = capacity
        self._wall = wall
        self._turnstiles: defaultdict[str, Turnstile] = defaultdict(Turnstile)
        self._serial = count()
        self._live: set[asyncio.Task[None]] = set()
        self.put_off: PutOff

    async def close(self) -> None:
        """Let go of all that lives here."""
        for task in self._live:
            task.cancel()
        if self._live:
            await asyncio.wait(self._live)

    async def dial(self, call_id: str, ordinal: int) -> None:
        """Begin this attempt of a call as soon as it may, or find that there is none to begin."""
        call = await self._waits(call_id, ordinal)
        if call is None:
            return
        turnstile, place = self._turnstiles[call.trunk], (call.rank, next(self._serial))
        async with turnstile.line(place):
            over = False
            while not over:
                async with turnstile.turn(place):
                    over = await self._asked(call_id, ordinal)

    async def _asked(self, call_id: str, ordinal: int) -> bool:
        """Ask once, and do what is answered; False when it is to be asked again."""
        try:
            call = await self._store.get(call_id)
            if call is None:
                return True
            return await self._taken(await self._turn(call, ordinal))
        except SQLAlchemyError as error:
            await self._store_away(call_id, error)
            return False

    async def _waits(self, call_id: str, ordinal: int) -> CallRecord | None:
        """The call, if it still waits for this attempt."""
        while True:
            try:
                call = await self._store.get(call_id)
            except SQLAlchemyError as error:
                await self._store_away(call_id, error)
            else:
                return None if call is None or call.status.final or call.attempt_no >= ordinal else call

    async def _store_away(self, call_id: str, error: SQLAlchemyError) -> None:
        _log.warning("dialer.store_away", call_id=call_id, error=str(error))
        await asyncio.sleep(random.uniform(*_STORE_AWAY_S))  # noqa: S311 - no secret

    def resume(self, call: CallRecord, attempt: Attempt) -> None:
        """Run an attempt that has begun, in a task of its own."""
        task = asyncio.create_task(self._see_through(call, attempt), name=f"attempt {attempt.channel_id}")
        self._live.add(task)
        task.add_done_callback(self._live.discard)

    async def _turn(self, call: CallRecord, ordinal: int) -> Turn:
        try:
            await self._ready()
        except TimeoutError as error:
            _log.info("dialer.waits", call_id=call.id, because=str(error))
            return Turn(Standing.HELD, _NOT_READY_S, call)
        capacity = self._capacity(call.trunk)
        channel = Names(self._node, call.id, attempt=ordinal).leg
        ask = Begin(call.id, ordinal, channel, self._node, self._store.epoch, capacity.per_second, capacity.most)
        return await self._store.begin_attempt(ask, self._gate)

    async def _taken(self, turn: Turn) -> bool:
        """Do what it says; False when it is to be asked again. The next one asks once the trunk takes one more."""
        if turn.standing is Standing.BEGUN and turn.call and turn.attempt:
            self.resume(turn.call, turn.attempt)
            await asyncio.sleep(turn.wait_s)
        elif turn.standing is Standing.OVER and turn.call:
            _log.info("call.not_made", call_id=turn.call.id, code=turn.code, reason=turn.reason)
            await self._store.finish(turn.call.id, not_made(turn.code, turn.reason), 0, self._wall())
        elif turn.standing is Standing.LATER and turn.call and turn.wait_s > _SOON_S:
            await self.put_off(due(turn.call), turn.wait_s)
        elif turn.standing not in (Standing.SETTLED, Standing.IN_LINE):
            await asyncio.sleep(turn.wait_s)
            return False
        return True

    async def _see_through(self, call: CallRecord, attempt: Attempt) -> None:
        try:
            await self._place(call, attempt)
        except FencedError:
            _log.warning("attempt.fenced", call_id=call.id)
        except Exception as error:  # a task's root: the call has an end on record
            _log.exception("attempt.failed", call_id=call.id)
            await self._give_up(call, lost(f"the call could not be placed: {type(error).__name__}: {error}"[:500]))

    async def _give_up(self, call: CallRecord, ending: Final) -> None:
        for pause_s in (*_GIVE_UP_AGAIN_S, None):
            try:
                await self._store.end_attempt(call.id, ending, Technical(), self._wall(), random.random())  # noqa: S311
            except FencedError:
                return
            except SQLAlchemyError as error:
                _log.warning("call.end_not_recorded", call_id=call.id, error=str(error))
                if pause_s is None:
                    return
                await asyncio.sleep(pause_s)
            else:
                return
