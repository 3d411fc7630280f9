"""A flight log's inputs given to fresh turns: do they decide the same? Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from media.flight.format import FlightError
from media.flight.plain import PlainError, typed, typed_as
from media.flight.reader import read_inputs
from media.flight.records import TURNS, Called, CallerFrame, Flight, Gap, Ticked
from media.turn.expectation import Expectation, Manner
from media.turn.heard import Heard
from media.turn.table import Input
from media.turn.taking import Actions, TurnTaking

TAKEN: Mapping[str, Mapping[str, Any]] = {
    "listen": {"expected": Expectation, "at": float},
    "deafen": {"at": float},
    "forget": {"at": float},
    "agent": {"doing": Input, "at": float},
    "learned": {"heard": Heard, "at": float},
    "judged": {"voiced_at": float, "probability": float, "at": float},
    "ask_again": {},
    "caught": {"at": float},
    "restart_silence": {"at": float},
    "end_turn": {"at": float},
}
"""The inputs of the turns beside frames and ticks, and what each takes: a compiled class can't be asked."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first decision that came out otherwise."""

    at: float
    what: str
    """The input."""
    logged: str
    replayed: str

    def __str__(self) -> str:
        return f"{self.what}: the call decided {self.logged}, the replay {self.replayed}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found."""

    inputs: int
    decisions: int
    difference: Difference | None = None
    incomplete: str = ""
    """Why it ended before the call did, "" where it did not."""


def replay_turns(flight: Flight) -> Replayed:
    """Up to the first difference. Raises `FlightError` for a log whose inputs this Mercury does not have."""
    settings = flight.facts(TURNS)
    if not settings:
        return Replayed(0, 0, incomplete=flight.damage or "the log does not say how turns were taken")
    names = _action_names(settings)
    turns = TurnTaking(_manner(settings))
    inputs = decisions = 0
    for record, codes in read_inputs(flight):
        inputs += 1
        logged = tuple(names.get(code, f"unknown action {code}") for code in codes)
        replayed = tuple(action.name for action in _given(turns, record))
        decisions += bool(logged)
        if logged != replayed:
            difference = Difference(record.at, _told(record), _listed(logged), _listed(replayed))
            return Replayed(inputs, decisions, difference)
    gap = next((record for record in flight.records if isinstance(record, Gap)), None)
    missing = f"{gap.pieces} pieces could not be written while the call went on" if gap else flight.damage
    return Replayed(inputs, decisions, incomplete=missing)


def _action_names(settings: Mapping[str, object]) -> dict[int, str]:
    """Codes to names, as they were when the log was written."""
    actions = settings.get("actions")
    return {code: str(name) for name, code in actions.items()} if isinstance(actions, dict) else {}


def _manner(settings: Mapping[str, object]) -> Manner:
    try:
        return typed(Manner, settings.get("manner"))
    except PlainError as error:
        raise FlightError(f"the log's way of taking turns is another Mercury's: {error}") from error


def _given(turns: TurnTaking, record: CallerFrame | Ticked | Called) -> Actions:
    match record:
        case CallerFrame():
            return turns.frame(record.voiced, record.at, record.level, loud=record.loud)
        case Ticked():
            return turns.tick(record.at)
    takes = TAKEN.get(record.method)
    if takes is None:
        raise FlightError(f"the log calls {record.method!r}, which this Mercury's turns do not have")
    try:
        arguments = {name: typed_as(takes[name], value) for name, value in record.arguments.items()}
    except (KeyError, PlainError) as error:
        raise FlightError(f"the log's {record.method} is another Mercury's: {error}") from error
    if "at" in takes:
        arguments["at"] = record.at
    method: Callable[..., Actions | None] = getattr(turns, record.method)
    return method(**arguments) or ()


def _told(record: CallerFrame | Ticked | Called) -> str:
    match record:
        case CallerFrame():
            return f"a {'voiced' if record.voiced else 'silent'} frame"
        case Ticked():
            return "a tick"
        case Called():
            arguments = ", ".join(f"{name}={value}" for name, value in record.arguments.items())
            return f"{record.method}({arguments})"


def _listed(actions: tuple[str, ...]) -> str:
    return ", ".join(actions) if actions else "nothing"
