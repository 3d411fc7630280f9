"""A call's history: noted at once, written behind the call's back, never in the way of its audio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ari_app.ops.logging import get_logger
from ari_app.store.records import CallEvent
from media.clock import Clock

_log = get_logger(__name__)
_MOST = 5000
"""Events held for a database that does not answer; past that new ones are dropped, and counted."""
_GATHER_S = 0.1
"""Lines of this time are written together: the setup of a call is not held up by its history, nor the disk by each."""
_RETRY_S = (0.1, 0.5, 2.0)
Observe = Callable[[str, float | None, Mapping[str, object]], None]
"""Told of a line: its kind, its time on the clock (None: now), its facts."""


class HistoryStore(Protocol):
    """Where it is written."""

    async def answered(self, call_id: str, at: datetime) -> bool:
        """The phone was answered."""

    async def add_events(self, call_id: str, history: Sequence[CallEvent], session: str | None = None) -> None:
        """Append to a call's history, and keep the flow's session (JSON) at its wait."""


class History:
    """One call's notes. Times in `data["ms"]` are milliseconds from the call's start.

    `started`: that start, in seconds of the clock; now, unless given. `recorded`: what puts the call itself on record;
    nothing is written before, and nothing at all if it fails. `observe`: who else is told of each line.
    """

    def __init__(
        self,
        call_id: str,
        store: HistoryStore,
        clock: Clock,
        wall: Callable[[], datetime],
        *,
        started: float | None = None,
        recorded: asyncio.Task[None] | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._call_id = call_id
        self._store = store
        self._clock = clock
        self._wall = wall
        self._started = clock.now() if started is None else started
        self._recorded = recorded
        self._observe = observe
        self._events: list[CallEvent] = []
        self._session: str | None = None
        self._answered_at: datetime | None = None
        self._dropped = 0
        self._urgent = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def ms(self, at: float | None = None) -> int:
        """Milliseconds from the call's start to `at` (seconds of the clock), or to now."""
        return round(((self._clock.now() if at is None else at) - self._started) * 1000)

    def now(self) -> float:
        """Seconds of its clock."""
        return self._clock.now()

    def note(self, kind: str, *, at: float | None = None, **data: object) -> None:
        """Add a line: what happened, when (on the clock), and its facts."""
        self._add(kind, {"ms": self.ms(at), **data})
        if self._observe:
            self._observe(kind, at, data)

    def answered(self) -> None:
        """The person's leg is up."""
        self._answered_at = self._wall()
        self._wake()

    def save_session(self, session: str) -> None:
        """Keep the latest session; it is written at once: words that follow it are heard later than that."""
        self._session = session
        self._urgent.set()
        self._wake()

    async def flush(self, deadline_s: float = 5.0) -> None:
        """Have all notes written, trying anew what failed before; past the deadline they are left to the writer."""
        self._urgent.set()
        if self._pending:
            self._wake()
        if self._writer:
            await asyncio.wait({self._writer}, timeout=deadline_s)

    @property
    def _pending(self) -> bool:
        return bool(self._events) or self._session is not None or self._answered_at is not None

    def _add(self, kind: str, data: Mapping[str, object]) -> None:
        if len(self._events) >= _MOST:
            self._dropped += 1
            return
        self._events.append(CallEvent(self._wall(), kind, data))
        self._wake()

    def _wake(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name=f"history {self._call_id}")

    async def _write(self) -> None:
        if self._recorded:
            await asyncio.wait({self._recorded})
            if self._recorded.cancelled() or self._recorded.exception():
                return
        while self._pending:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER_S):
                    await self._urgent.wait()
            self._urgent.clear()
            for pause in (*_RETRY_S, None):
                try:
                    await self._write_once()
                    break
                except SQLAlchemyError as error:
                    _log.warning("history.not_written", call_id=self._call_id, error=str(error), dropped=self._dropped)
                    if pause is None:
                        return
                    await asyncio.sleep(pause)

    async def _write_once(self) -> None:
        events, session = list(self._events), self._session
        if events or session is not None:
            await self._store.add_events(self._call_id, events, session)
            del self._events[: len(events)]
            self._session = None if self._session is session else self._session
        if (answered_at := self._answered_at) is not None:
            await self._store.answered(self._call_id, answered_at)
            self._answered_at = None
        if self._dropped:
            lines, self._dropped = self._dropped, 0
            self.note("history_dropped", lines=lines)
