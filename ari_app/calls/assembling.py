"""Puts a call together: the flow where it begins or was left, the media, and all that serves the two."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from ari_app.calls.answering import Answering
from ari_app.calls.backend import CallBackend
from ari_app.calls.call import Call, Limits, Opening
from ari_app.calls.flight import CallFlight, open_flight
from ari_app.calls.flow_runner import FlowRunner
from ari_app.calls.history import History
from ari_app.calls.ids import Names
from ari_app.calls.outcome import Facts
from ari_app.calls.resuming import reopened
from ari_app.calls.saying import Place, utterance
from ari_app.calls.services import Equipment, Services
from ari_app.calls.transferring import PersonHandover
from ari_app.calls.trunks import Trunks
from ari_app.ops.settings import Settings
from ari_app.store.records import CallRecord, Direction, NewCall
from ari_app.store.terms import Machine
from ivr_flows.interpreter import start
from ivr_flows.message import message
from ivr_flows.model import Flow
from media.dialog.protocol import MediaLeg

_RING_GRACE_S = 5.0
"""Asterisk ends the ringing by itself; this is for the case that it does not tell."""
_GOODBYE_S = 20.0
"""Before the watchdog ends a call, its flow is told that its time is up."""
_RESUMED_S = 60.0
"""How long a resumed call may wait for its media: its caller hears music."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a call is to be made of.

    `person`: the id of their channel. `began_at`: on the services' clock, seconds. `recorded`: what puts the call on
    record meanwhile. `life`: how many processes have had it, with this one; `ago_s`: how long it has gone on.
    """

    record: NewCall | CallRecord
    flow: Flow
    person: str
    began_at: float
    recorded: asyncio.Task[None] | None = None
    life: int = 1
    ago_s: float = 0.0

    @property
    def attempt(self) -> int:
        """Which attempt to reach the person it is, from 1."""
        return max(1, self.record.attempt_no) if isinstance(self.record, CallRecord) else 1

    @property
    def name(self) -> str:
        """What the flight log of this life is named with."""
        return self.record.id + self.suffix

    @property
    def suffix(self) -> str:
        """What the files of a call's later lives are told apart by."""
        return f"-{self.life}" if self.life > 1 else ""

    def opening(self) -> Opening:
        """The flow's first step, or its next one from where an earlier life left it. Raises `InputError`."""
        record = self.record
        if self.life > 1 and isinstance(record, CallRecord):
            return reopened(self.flow, record)
        number = record.caller if record.direction is Direction.INBOUND else record.to
        return Opening(*start(self.flow, record.inputs, record.language, caller=number))


class Assembly:
    """Makes the calls of a node out of what they share."""

    def __init__(self, services: Services, trunks: Trunks) -> None:
        self._services = services
        self._settings = services.settings
        self._trunks = trunks

    async def make(self, parts: Parts) -> tuple[Call, CallFlight | None]:
        """The call, with its media open, and its flight log, where there is one.

        Raises `TransportError`, `InputError`, `SwitchError`; nothing is left open then.
        """
        opening = parts.opening()
        flight = self._flight(parts)
        history = History(
            parts.record.id,
            self._services.store,
            self._services.clock,
            self._services.now,
            started=parts.began_at,
            recorded=parts.recorded,
            observe=flight.noted if flight else None,
        )
        engines = self._services.engines.equip(parts.record.id)
        leg = engines.open_leg(self._recording(parts), flight.log if flight else None)
        try:
            if flight and self._services.flights:
                history.note("flight", file=self._services.flights.folder.file(parts.name).name)
            return self._call(parts, opening, leg, engines=engines, history=history, flight=flight), flight
        except BaseException:
            await leg.close()
            raise

    def written(self, call_id: str) -> set[str]:
        """Names, without endings, of the recordings and flight logs of a call's later lives."""
        files = [*self._folder(call_id).glob("call-*")]
        if flights := self._services.flights:
            files += flights.folder.path.glob(f"{call_id}-*")
        return {path.name.partition(".")[0] for path in files}

    def _call(
        self,
        parts: Parts,
        opening: Opening,
        leg: MediaLeg,
        *,
        engines: Equipment,
        history: History,
        flight: CallFlight | None,
    ) -> Call:
        services, record = self._services, parts.record
        names = Names(self._settings.node, record.id, parts.life, parts.attempt)
        limits = self._limits(parts)
        place = Place(
            self._settings.flows.resolve().parent,
            self._folder(record.id),
            self._settings.media.end_silence_ms,
            self._settings.media.filler_after_ms,
            parts.life,
            max(limits.talking_s - _GOODBYE_S, limits.talking_s / 2),
        )
        handover = PersonHandover(
            names=names,
            leg=leg,
            open_leg=engines.open_leg,
            switch=services.switch,
            trunks=self._trunks,
            place=place,
            history=history,
        )
        runner = FlowRunner(
            flow=parts.flow,
            leg=leg,
            understanding=engines.understanding(),
            backend=CallBackend(record, services.store, services.backends),
            history=history,
            place=place,
            handover=handover,
            flight=flight,
            turns=services.turns,
        )
        facts = Facts(record.direction)
        return Call(
            names=names,
            person=parts.person,
            facts=facts,
            limits=limits,
            switch=services.switch,
            leg=leg,
            runner=runner,
            opening=opening,
            history=history,
            handover=handover,
            answering=_answering(parts, opening, leg=leg, place=place, history=history, facts=facts),
        )

    def _limits(self, parts: Parts) -> Limits:
        """The call's own, else the settings'; one that is resumed has what is left, and time for a goodbye."""
        terms, settings = parts.record.terms, self._settings
        longest_s = float(terms.max_s or settings.calls.max_s)
        return Limits(
            (terms.ring_s or settings.dialer.ring_s) + _RING_GRACE_S,
            settings.calls.setup_s if parts.life == 1 else _RESUMED_S,
            max(longest_s - parts.ago_s, 2 * _GOODBYE_S) if parts.ago_s else longest_s,
        )

    def _folder(self, call_id: str) -> Path:
        """Where what is recorded of a call goes."""
        return self._settings.run_dir / "recordings" / call_id

    def _recording(self, parts: Parts) -> Path | None:
        if not _is_recorded(parts.flow, self._settings):
            return None
        return self._folder(parts.record.id) / f"call{parts.suffix}.{self._settings.media.recording_format}"

    def _flight(self, parts: Parts) -> CallFlight | None:
        settings, flights = self._settings, self._services.flights
        if flights is None:
            return None
        words = settings.flights.words or settings.media.record_calls or settings.log.reveal
        return open_flight(flights, parts.record, name=parts.name, words=words)


def _is_recorded(flow: Flow, settings: Settings) -> bool:
    """Whether a call is: the flow says so, or else the settings."""
    return settings.media.record_calls if flow.body.recording is None else flow.body.recording != "off"


def _answering(
    parts: Parts, opening: Opening, *, leg: MediaLeg, place: Place, history: History, facts: Facts
) -> Answering | None:
    """Who finds out whether a machine answers, where the call is to know and its flow has not begun."""
    record, wanted = parts.record, parts.record.terms.machine
    begun = parts.life > 1 and isinstance(record, CallRecord) and bool(record.session)
    if begun or record.direction is Direction.INBOUND or wanted is Machine.OFF:
        return None
    said = message(parts.flow, opening.session) if wanted is Machine.LEAVE_MESSAGE else None
    words = utterance(said, place) if said else None
    return Answering(wanted, leg=leg, message=words, history=history, facts=facts)
