"""What is asked of calls while they live, on whichever node: canceled, ended, put into another language, handed over.

It is a row in the records, for the node that has the call; each node looks for its own, and is woken for those that it
writes itself. What a call can't do is told to whoever asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.call import Call
from ari_app.calls.state import State
from ari_app.ops.logging import get_logger
from ari_app.store.controls import ControlRecord, ControlRows, Kind
from ari_app.store.nodes import FencedError
from ari_app.store.records import CallRecord
from ivr_flows.events import Canceled, Control, Dismissed, LanguageAsked, TransferAsked
from ivr_flows.routes import is_e164

__all__ = ["ControlResult", "Controls", "Kind"]
_log = get_logger(__name__)
POLL_S = 0.3
_AWAY_S = 2.0
"""Between looks while the database does not answer."""
_BATCH = 100
_COMING = timedelta(seconds=10)
"""How long a call that this node is said to have may take to appear."""
_ANSWER_S = 3.0


class _RefusedError(Exception):
    """It can't be done; the text says why."""


class ControlStore(Protocol):
    """The records, as controls need them; `CallStore` has it."""

    controls: ControlRows

    async def get(self, call_id: str) -> CallRecord | None:
        """The call, or None."""

    async def cancel(self, call_id: str, reason: str, by: str) -> bool:
        """Cancel a call that waits; False where one of its attempts lives."""


@dataclass(frozen=True, slots=True)
class ControlResult:
    """What came of it. Not `done`: the node that has the call has not seen to it yet."""

    id: int
    """Serial number; 0 where nothing was asked of a node."""
    done: bool
    error: str = ""
    """Why it could not be done; "" otherwise."""


class Controls:
    """A node's. `run` carries out what is asked of its calls; `control` asks it of any node's."""

    def __init__(
        self,
        store: ControlStore,
        live: Callable[[], Mapping[str, Call]],
        node: str,
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._live = live
        self._node = node
        self._wall = wall
        self._news = asyncio.Event()

    async def control(
        self, call_id: str, kind: str, data: Mapping[str, object], by: str, *, wait_s: float = _ANSWER_S
    ) -> ControlResult:
        """Ask it, and wait for what comes of it. Raises `LookupError` for a call, and `ValueError` for a kind, unknown.

        A call that only waits for its turn is canceled in the records.
        """
        kind = Kind(kind)
        record = await self._record(call_id)
        if record.status.final:
            return ControlResult(0, done=True, error=f"the call has ended ({record.status})")
        if kind is Kind.CANCEL and await self._store.cancel(call_id, str(data.get("reason") or "canceled"), by):
            return ControlResult(0, done=True)
        if record.due_at is not None and kind is not Kind.CANCEL:
            return ControlResult(0, done=True, error="the call waits for its turn: it can only be canceled")
        record = await self._record(call_id)
        serial = await self._store.controls.ask(call_id, record.node, kind, data, by)
        if record.node == self._node:
            self._news.set()
        found = await self._store.controls.outcome(serial, wait_s)
        return ControlResult(serial, found.done_at is not None, found.error)

    async def run(self) -> None:
        """Carry out what is asked of this node's calls, until cancelled."""
        while True:
            self._news.clear()
            pause_s = POLL_S
            try:
                for asked in await self._store.controls.open(self._node, _BATCH):
                    await self._carry_out(asked)
            except FencedError:
                return
            except SQLAlchemyError as error:
                _log.warning("controls.store_away", error=str(error))
                pause_s = _AWAY_S
            except Exception:  # the task's root: what one call can't take must not keep the others waiting
                _log.exception("controls.failed")
                pause_s = _AWAY_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _carry_out(self, asked: ControlRecord) -> None:
        call = self._live().get(asked.call_id)
        try:
            if call:
                carry_out(call, asked)
            elif not await self._settled(asked):
                return
        except _RefusedError as refused:
            _log.warning("control.refused", call_id=asked.call_id, kind=asked.kind, by=asked.by, error=str(refused))
            await self._store.controls.done(asked.id, str(refused))
        else:
            _log.info("control.done", call_id=asked.call_id, kind=asked.kind, by=asked.by)
            await self._store.controls.done(asked.id)

    async def _settled(self, asked: ControlRecord) -> bool:
        """Of a call that is not live here: canceled in the records; False: it may be coming. Raises `_RefusedError`."""
        record = await self._record(asked.call_id)
        if record.status.final:
            raise _RefusedError(f"the call has ended ({record.status})")
        if asked.kind is Kind.CANCEL and await self._store.cancel(asked.call_id, _reason(asked), asked.by):
            return True
        if self._wall() - asked.at < _COMING:
            return False
        raise _RefusedError("the call is not live on the node that had it")

    async def _record(self, call_id: str) -> CallRecord:
        record = await self._store.get(call_id)
        if record is None:
            raise LookupError(f"There is no call {call_id}.")
        return record


def carry_out(call: Call, asked: ControlRecord) -> None:
    """Have a live call do it. Raises `_RefusedError`."""
    call.history.note("control", what=asked.kind, by=asked.by)
    match asked.kind:
        case Kind.CANCEL:
            call.end(Canceled(0), _reason(asked))
        case Kind.HANG_UP:
            call.end(Dismissed(0), _reason(asked))
        case Kind.LANGUAGE:
            language = str(asked.data.get("language", ""))
            if language not in call.runner.languages:
                raise _RefusedError(
                    f"expected a language of the flow, {', '.join(call.runner.languages)}: {language!r}"
                )
            _ask(call, LanguageAsked(0, language))
        case Kind.GIVE_WAY:
            if call.state is not State.DIALING:
                raise _RefusedError("it has been answered")
            call.give_way(str(asked.data.get("call", "")))
        case Kind.TRANSFER:
            to = str(asked.data.get("to", ""))
            if not is_e164(to):
                raise _RefusedError(f"expected a number such as +919812345678: {to!r}")
            _ask(call, TransferAsked(0, to))


def _ask(call: Call, control: Control) -> None:
    if call.state is not State.TALKING:
        raise _RefusedError(
            "nobody talks on the call yet" if call.state is State.DIALING else "the call is beginning or ending"
        )
    if not call.control(control):
        raise _RefusedError("the call's flow is over: it says its last words")


def _reason(asked: ControlRecord) -> str:
    what = "canceled" if asked.kind is Kind.CANCEL else "ended"
    reason = str(asked.data.get("reason") or "")
    return f"{what} by {asked.by}" + (f": {reason}" if reason else "")
