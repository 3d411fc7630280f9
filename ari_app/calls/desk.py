"""The front desk: takes and places calls, knows those that are live, and records how each ended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.admission import Admission, Budget, Reason
from ari_app.calls.assembling import Assembly, Parts
from ari_app.calls.call import Call
from ari_app.calls.door import Welcome
from ari_app.calls.flight import CallFlight
from ari_app.calls.ids import Names, new_call_id
from ari_app.calls.outcome import Final, impossible, lost
from ari_app.calls.reception import Reception
from ari_app.calls.resuming import Revival, left_off
from ari_app.calls.services import Services
from ari_app.calls.state import Happening
from ari_app.calls.switch import SwitchError
from ari_app.calls.trunks import Trunks
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import Settings
from ari_app.store.calls import UnknownCallError
from ari_app.store.records import Attempt, CallRecord, Direction, NewCall, Status
from ari_app.store.transactions import UNKNOWN, Technical
from ivr_flows.model import Flow
from ivr_flows.problems import InputError
from ivr_flows.routes import Arriving
from media.transport.protocol import TransportError

_log = get_logger(__name__)
_FINISH_RETRY_S = (0.2, 1.0, 5.0, 15.0)
_CLOSE_S = 30.0
_ROOM_S = 600.0
"""How long an outbound call waits for room before the queue is told."""
_ROOM_LOOK_S = 0.5
_AT_ONCE = 4
"""Resumed calls that are set up side by side: Asterisk has music for all of them to make meanwhile."""
_LAST = 50
"""Lines of a history among which one has its time."""
_CLOSING = "Mercury is closing"
_Recorded = NewCall | CallRecord
_NOT_OPENED = (TransportError, InputError, SwitchError)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbound call at the door: a ringing channel in Stasis."""

    channel: str
    trunk: str
    dialled: str
    caller: str


class CallDesk:
    """All calls of this node."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._trunks = Trunks(services.settings)
        self.assembly = Assembly(services, self._trunks)
        self.admission = Admission(_budget(services.settings), services.lateness_ms)
        self._reception = Reception(
            orders=services.store.call_backs, backend=services.backends, switch=services.switch, flow_of=self._flow_of
        )
        self._live: dict[str, Call] = {}
        self._flights: dict[str, CallFlight] = {}
        self._in_hand: set[str] = set()
        """Ids of calls from their first record to their recorded end: more than the live ones."""
        self._out_of_patience = False
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def load(self) -> str:
        """How much room there is, and who was refused, in words."""
        return self.admission.told(len(self._in_hand))

    @property
    def turns(self) -> str:
        """What callers waited for lately, in words; "" before the first turn."""
        return str(self._services.turns)

    @property
    def live(self) -> Mapping[str, Call]:
        """Live calls by their id."""
        return self._live

    async def take(self, arrival: Arrival) -> None:
        """Take an inbound call, from its first ring to its recorded end."""
        arrived_at = self._services.clock.now()
        book = self._services.flows()
        headers = await self._headers(arrival.channel, book.headers)
        route = book.route(Arriving(arrival.dialled, arrival.trunk, headers, at=self._services.now()))
        if route is None:
            _log.warning("call.refused", dialled=arrival.dialled, reason="unrouted", live=len(self._live))
            await self._services.switch.refuse(arrival.channel, book.unrouted)
            return
        if reason := self.admission.obstacle(len(self._in_hand)):
            await self._turn_away(arrival, route.flow, reason)
            return
        call_id = new_call_id()
        with self._taken_in_hand(call_id):
            asked = {"call_id": call_id, "from": arrival.caller, "to": arrival.dialled, "trunk": arrival.trunk}
            welcome = await self._reception.welcome({**asked, "headers": headers}, arrival.channel, route, book)
            if isinstance(welcome, Welcome):
                await self._take(call_id, arrival, arrived_at, welcome)
            else:
                _log.warning("call.refused", call_id=call_id, dialled=arrival.dialled, reason="asked", told=welcome)
                await self._services.switch.refuse(arrival.channel, welcome)

    async def _turn_away(self, arrival: Arrival, flow: Flow, reason: Reason) -> None:
        """There is no room: an apology where the settings have one (and it can be said), else the busy tone."""
        switch, sound = self._services.switch, None
        self.admission.refuse(reason)
        if reason is not Reason.CLOSING:
            sound = self._services.apologies.next(flow.languages[0], self._services.clock.now())
        _log.warning(
            "call.refused", dialled=arrival.dialled, reason=reason, live=len(self._live), apology=sound is not None
        )
        await (switch.apologise(arrival.channel, sound) if sound else switch.refuse(arrival.channel))

    async def _headers(self, channel: str, names: Collection[str]) -> dict[str, str]:
        """Those of these headers that the call came with."""
        values = await asyncio.gather(*(self._services.switch.header(channel, name) for name in names))
        return {name: value for name, value in zip(names, values, strict=True) if value}

    async def _take(self, call_id: str, arrival: Arrival, arrived_at: float, welcome: Welcome) -> None:
        flow, answers = welcome.flow, welcome.answers
        new = NewCall(
            id=call_id,
            direction=Direction.INBOUND,
            flow=flow.name,
            flow_hash=flow.hash,
            language=welcome.language,
            to=arrival.dialled,
            caller=answers.to if answers else arrival.caller,
            inputs=welcome.inputs,
            callback_url=answers.callback_url if answers else "",
            metadata=welcome.metadata,
            order_id=welcome.order_id,
        )
        holds = answers.to if answers else ""
        recorded = asyncio.create_task(self._record(new, arrival.channel, holds), name=f"record {call_id}")
        try:
            call = await self._open(Parts(new, flow, arrival.channel, arrived_at, recorded))
        except Exception as error:  # whatever it is: nobody rings for ever, on record neither
            await recorded
            await self._not_opened(new, error)
            await self._services.switch.refuse(arrival.channel)
        else:
            call.history.note("welcomed", because=welcome.because, about=welcome.about)
            await self._see_through(new, call, call.take(recorded))
            if answers:
                await self._satisfy(new)

    async def _satisfy(self, new: NewCall) -> None:
        """What the caller decided by calling back, they are not called about again."""
        store = self._services.store
        try:
            record = await store.get(new.id)
            order = await store.orders.get(new.order_id)
            if not (record and order and any(each.call_id == new.id for each in order.decisions)):
                return
            for waits in await store.call_backs.satisfied(new.caller, new.order_id, new.flow):
                final = Final(Status.COMPLETED, record.outcome, f"decided on call {new.id}", record.data)
                await store.finish(waits.id, final, 0, self._services.now())
        except SQLAlchemyError as error:
            _log.warning("call.not_satisfied", call_id=new.id, error=str(error))

    async def _record(self, new: NewCall, channel: str, holds: str) -> None:
        try:
            await self._services.store.arrived(new, channel, holds=holds)
        except SQLAlchemyError as error:
            raise SwitchError(f"the call could not be recorded: {error}") from error

    async def room(self) -> None:
        """Wait until one more outbound call may begin. Raises `TimeoutError`.

        Once the desk closes this only ends by being cancelled: the queue keeps its calls for the next start.
        """
        until = self._services.clock.now() + _ROOM_S
        while reason := self.admission.obstacle(len(self._in_hand)):
            if reason is Reason.CLOSING:
                await asyncio.Event().wait()
            if self._services.clock.now() >= until:
                raise TimeoutError(f"there was no room for {_ROOM_S:g} s: {reason}")
            await asyncio.sleep(_ROOM_LOOK_S * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

    async def place(self, record: CallRecord, attempt: Attempt) -> None:
        """Ring a phone for an attempt that has begun, and see it to its recorded end.

        One that an earlier life of this process dialled, and did not see to its end, is ended rather than rung again.
        """
        if record.id in self._in_hand:
            return
        with self._taken_in_hand(record.id):
            await (self.bury(record) if attempt.dialled_at else self._place(record, attempt.channel_id))

    async def _place(self, record: CallRecord, channel: str) -> None:
        flow = await self._flow_of(record)
        if flow is None:
            await self._finish(record, impossible(f"there is no flow {record.flow!r}"))
            return
        try:
            dial = self._trunks.dial(record.to, trunk=record.trunk, ring_s=record.terms.ring_s or None)
        except SwitchError as error:
            await self._finish(record, impossible(str(error)))
            return
        try:
            call = await self._open(Parts(record, flow, channel, self._services.clock.now()))
        except Exception as error:  # whatever it is: the call has an end on record
            await self._not_opened(record, error)
        else:
            dial = replace(dial, caller_id=record.caller or dial.caller_id)
            await self._see_through(record, call, call.dial(dial, partial(self._dialled, record.id, channel)))

    async def _dialled(self, call_id: str, channel: str) -> bool:
        """Put on record that a phone may ring from now on: not where a peer may have taken over what this node had."""
        try:
            return await self._services.store.dialled(call_id, channel) and self._services.certain()
        except SQLAlchemyError as error:
            raise SwitchError(f"it could not be recorded: {error}") from error

    async def _flow_of(self, record: CallRecord) -> Flow | None:
        """The version that the call was recorded with, to which its inputs are; else the flow as it is now."""
        current = self._services.flows().flows.get(record.flow)
        if current is not None and current.hash == record.flow_hash:
            return current
        return await self._services.store.versions.get(record.flow, record.flow_hash) or current

    async def resume(self, revival: Revival, opened: Callable[[], None]) -> None:
        """Go on with a call that an earlier life of this process began, to its recorded end.

        `opened` is called as soon as it is among the live ones, or never will be.
        """
        record = revival.record
        with self._taken_in_hand(record.id):
            try:
                call = await self._reopen(revival)
            except Exception as error:  # whatever it is: the call has an end on record
                _log.exception("call.not_resumed", call_id=record.id, error=str(error))
                await self.bury(record)
                return
            finally:
                opened()
            waits = record.direction is Direction.INBOUND and not revival.answered
            recorded = asyncio.create_task(_on_record(), name=f"record {record.id}") if waits else None
            await self._see_through(
                record, call, call.resume(answered=revival.answered, gate=self._gate, recorded=recorded)
            )

    async def _reopen(self, revival: Revival) -> Call:
        record = revival.record
        flow = await self._flow_of(record)
        if flow is None:
            raise SwitchError(f"there is no flow {record.flow!r}")
        ago_s = await self._began_ago_s(record)
        began_at = self._services.clock.now() - ago_s
        call = await self._open(Parts(record, flow, record.channel_id, began_at, life=revival.life, ago_s=ago_s))
        if end := left_off(flow, record):
            call.facts.talked, call.facts.end = True, end
        if revival.talks_with and call.handover:
            call.handover.found_talking(revival.talks_with, self._settings.calls.max_s)
        return call

    async def _began_ago_s(self, record: CallRecord) -> float:
        """Seconds since its start, from which the times in its history count."""
        timed = (line for line in reversed(await self._services.store.events(record.id, _LAST)) if "ms" in line.data)
        last, now = next(timed, None), self._services.now()
        if last is None:
            return max(0.0, (now - (record.answered_at or now)).total_seconds())
        return max(0.0, (now - last.at).total_seconds() + float(str(last.data["ms"])) / 1000)

    async def bury(self, record: CallRecord) -> None:
        """End a call that this process did not begin and can't continue: nothing of it stays in Asterisk."""
        names = Names(record.node or self._settings.node, record.id, attempt=max(1, record.attempt_no))
        for end in (
            self._services.switch.hang_up(record.channel_id or names.leg),
            self._services.switch.hang_up(names.media),
            self._services.switch.destroy_bridge(names.bridge),
        ):
            try:
                await end
            except SwitchError as error:
                _log.warning("leftover", call_id=record.id, error=str(error))
        await self._finish(record, lost("Mercury was restarted during the call"))

    def cancel(self, call_id: str, reason: str) -> bool:
        """End a live call; False when there is none of this id."""
        if call := self._live.get(call_id):
            call.happened(Happening.CANCELED, reason=reason)
        return call is not None

    async def close(self, patience_s: float) -> None:
        """Take no more calls; let those that are live end by themselves for a while, then end them."""
        self.admission.close()
        if self._in_hand:
            _log.info("desk.draining", live=len(self._live), patience_s=patience_s)
        try:
            async with asyncio.timeout(patience_s):
                await self._idle.wait()
        except TimeoutError:
            self._out_of_patience = True
            for call_id in list(self._live):
                self.cancel(call_id, _CLOSING)
            async with asyncio.timeout(_CLOSE_S):
                await self._idle.wait()

    @contextmanager
    def _taken_in_hand(self, call_id: str) -> Iterator[None]:
        self._in_hand.add(call_id)
        self._idle.clear()
        try:
            yield
        finally:
            self._services.engines.let_go(call_id)
            self._in_hand.discard(call_id)
            if not self._in_hand:
                self._idle.set()

    async def _not_opened(self, record: _Recorded, error: Exception) -> None:
        if isinstance(error, _NOT_OPENED):
            reason = str(error)
            _log.error("call.not_opened", call_id=record.id, error=reason)
        else:
            reason = f"{type(error).__name__}: {error}"
            _log.error("call.not_opened", call_id=record.id, error=reason, exc_info=error)
        await self._finish(record, impossible(reason) if isinstance(error, InputError) else lost(reason))

    async def _open(self, parts: Parts) -> Call:
        call, flight = await self.assembly.make(parts)
        if flight:
            self._flights[parts.record.id] = flight
        self._live[parts.record.id] = call
        if self._out_of_patience:
            self.cancel(parts.record.id, _CLOSING)
        return call

    async def _see_through(self, record: _Recorded, call: Call, life: Awaitable[Final]) -> None:
        with structlog.contextvars.bound_contextvars(call_id=record.id):
            _log.info("call.opened", direction=record.direction, flow=record.flow, to=record.to)
            final = lost("an error within Mercury ended the call")
            try:
                final = await life
            finally:
                del self._live[record.id]
                await asyncio.shield(self._end(record, call, final))

    async def _end(self, record: _Recorded, call: Call, final: Final) -> None:
        if flight := self._flights.pop(record.id, None):
            flight.ended(final, call.facts.cause)
        await call.history.flush()
        facts = call.facts
        await self._finish(record, final, Technical(facts.cause, facts.sip_status, facts.machine))

    async def _finish(self, record: _Recorded, final: Final, technical: Technical = UNKNOWN) -> None:
        """The end is recorded as soon as the database lets us; a start of Mercury finds what never could be."""
        for pause in (*_FINISH_RETRY_S, None):
            try:
                ended = await self._ended(record, final, technical)
            except UnknownCallError:
                _log.exception("call.never_recorded", call_id=record.id)
                return
            except SQLAlchemyError as error:
                _log.exception("call.end_not_recorded", call_id=record.id, error=str(error))
                if pause is None:
                    return
                await asyncio.sleep(pause)
            else:
                _log.info(
                    "call.ended",
                    call_id=record.id,
                    status=final.status,
                    outcome=final.outcome,
                    reason=final.reason,
                    cause=technical.cause,
                    again_at=ended.due_at,
                )
                return

    async def _ended(self, record: _Recorded, final: Final, technical: Technical) -> CallRecord:
        """Record it: of an outbound call this attempt has ended, and the call with it unless it is tried again."""
        store, at = self._services.store, self._services.now()
        if record.direction is Direction.INBOUND:
            return await store.finish(record.id, final, technical.cause, at)
        return await store.end_attempt(record.id, final, technical, at, random.random())  # noqa: S311 - no secret


async def _on_record() -> None:
    """A call that is resumed is on record."""


def _budget(settings: Settings) -> Budget:
    media = settings.media
    return Budget(media.max_calls, media.refuse_late_ms, media.admit_late_ms, media.calm_s)
