"""A flight log's events given to the interpreter again: do they lead to the same commands? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from ari_app.calls.flight import ADVANCED, FLOW, commands_digest, names, session_digest
from ivr_flows.events import Event
from ivr_flows.interpreter import advance
from ivr_flows.model import Flow
from ivr_flows.session import Session, SessionError
from media.flight.format import FlightError
from media.flight.plain import PlainError, typed
from media.flight.records import Flight, Gap, Note
from media.flight.replay import Difference

_EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True)
class FlowReplayed:
    """What a replay of the flow found."""

    events: int
    difference: Difference | None = None
    incomplete: str = ""
    """Why not all of it was replayed, "" where it was."""


def flow_of(flight: Flight) -> tuple[str, str] | None:
    """The flow's name and its version's hash; None for a call whose flow never began."""
    facts = flight.facts(FLOW)
    return (str(facts["flow"]), str(facts["hash"])) if facts else None


def masked(flight: Flight) -> bool:
    """Whether the log keeps no words, and with them nothing to replay a flow on."""
    return "session" not in flight.facts(FLOW)


def replay_flow(flight: Flight, flow: Flow) -> FlowReplayed:
    """Up to the first difference. Raises `FlightError` for events that this Mercury's interpreter does not have."""
    began = flight.facts(FLOW)
    advanced = flight.notes(ADVANCED)
    if masked(flight):
        return FlowReplayed(0, incomplete="the log keeps no words: what the flow was given is masked")
    try:
        session = Session.from_json(str(began["session"]))
        for count, note in enumerate(advanced, 1):
            before = session.step
            if "given" not in note.facts:
                return FlowReplayed(
                    count - 1, incomplete=f"what was answered at {before} is private, and not in the log"
                )
            session, commands = advance(flow, session, _event(note))
            asked = (names(commands), commands_digest(commands), session_digest(session))
            if asked != (note.facts["commands"], note.facts["asked"], note.facts["session"]):
                logged = _told(note.facts["commands"], note.facts["step"])
                what = f"{note.facts['event']} at {before}"
                return FlowReplayed(count, Difference(note.at, what, logged, _told(asked[0], session.step)))
    except SessionError as error:
        raise FlightError(str(error)) from error
    gap = next((record for record in flight.records if isinstance(record, Gap)), None)
    return FlowReplayed(len(advanced), incomplete="a part of the log is missing" if gap else flight.damage)


def _event(note: Note) -> Event:
    name = str(note.facts["event"])
    try:
        return typed(_EVENTS[name], note.facts["given"])
    except (KeyError, PlainError) as error:
        raise FlightError(f"the log's event {name} is another Mercury's: {error}") from error


def _told(commands: object, step: object) -> str:
    listed = ", ".join(map(str, commands)) if isinstance(commands, list) else str(commands)
    return f"{listed} at {step}"
