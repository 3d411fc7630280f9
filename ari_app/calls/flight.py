"""What a flow decides, in the call's flight log: events in, commands out, and a digest of where it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ari_app.calls.outcome import Final
from ari_app.store.records import CallRecord, NewCall
from ivr_flows.commands import Command
from ivr_flows.events import Event
from ivr_flows.session import Session
from media.flight.log import FlightLog
from media.flight.plain import plain
from media.flight.writer import FlightWriter

FLOW, ADVANCED = "flow", "advanced"
"""The notes: of the flow's beginning, and of each event."""
_HEARD_ALREADY = frozenset(
    {
        "agent_started",
        "said",
        "caller_started",
        "agent_paused",
        "agent_resumed",
        "barged_in",
        "caller_said",
        "silence",
        "engine_failed",
        "callee",
        "greeting_over",
        "steps",
        "media_closed",
        "flight",
        "ended",
    }
)
"""Lines of the history that the log has from the media or the flow themselves."""


class CallFlight:
    """One call's flight log, as its history and its flow see it.

    What a caller says and types is in events and sessions: they are kept where the log keeps words, else left out.
    """

    def __init__(self, log: FlightLog) -> None:
        self.log = log
        self._whole = True
        """Whether all was kept so far: a digest of what is private might be guessed, and no replay gets past it."""

    def noted(self, kind: str, at: float | None, facts: Mapping[str, object]) -> None:
        """A line of the call's history."""
        if kind not in _HEARD_ALREADY:
            self.log.note(kind, at, **facts)

    def began(self, session: Session, commands: Sequence[Command]) -> None:
        """The flow begins, or goes on after a restart, from here."""
        kept = {"session": session.to_json()} if self.log.words else {}
        self.log.note(
            FLOW, flow=session.flow, hash=session.flow_hash, step=session.step, commands=names(commands), **kept
        )

    def advanced(self, event: Event, session: Session, commands: Sequence[Command]) -> None:
        """The interpreter was given an event, and came to this session and these commands."""
        kept = {}
        self._whole = self._whole and self.log.keeps_words
        if self._whole:
            kept = {"given": plain(event), "session": session_digest(session), "asked": commands_digest(commands)}
        self.log.note(ADVANCED, event=type(event).__name__, step=session.step, commands=names(commands), **kept)

    def ended(self, final: Final, cause: int) -> None:
        """The call is over: nothing more is logged."""
        self.log.note("ended", status=final.status.value, outcome=final.outcome, reason=final.reason, cause=cause)
        self.log.close()


def open_flight(flights: FlightWriter, record: NewCall | CallRecord, *, name: str, words: bool) -> CallFlight:
    """Begin a call's log, in the file of this name. `words`: whether what is said and typed is kept."""
    log = flights.open(name, words=words)
    log.note(
        "call",
        id=record.id,
        direction=record.direction.value,
        flow=record.flow,
        hash=record.flow_hash,
        language=record.language,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return CallFlight(log)


def names(commands: Sequence[Command]) -> list[str]:
    """The kinds of commands, in order."""
    return [type(command).__name__ for command in commands]


def session_digest(session: Session) -> str:
    """Tells one session from another."""
    return _digest(session.to_json())


def commands_digest(commands: Sequence[Command]) -> str:
    """Tells what was asked from anything else that might have been."""
    told = [[type(command).__name__, plain(command)] for command in commands]
    return _digest(json.dumps(told, sort_keys=True, ensure_ascii=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
