"""Turn-taking that logs what goes in and what comes out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from media.flight.log import FlightLog
from media.flight.records import TURNS
from media.turn.expectation import Manner
from media.turn.table import Action
from media.turn.taking import Actions, TurnTaking

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=Actions | None)
_frame, _tick = TurnTaking.frame, TurnTaking.tick


def _logged(method: Callable[Concatenate[Any, _P], _R]) -> Callable[Concatenate[RecordedTurns, _P], _R]:
    """An input that is rare enough to be written with its name and its arguments."""

    @wraps(method)
    def logging(self: RecordedTurns, /, *arguments: _P.args, **named: _P.kwargs) -> _R:
        if self.within:
            return method(self, *arguments, **named)
        self.within = True
        try:
            actions = method(self, *arguments, **named)
        finally:
            self.within = False
        given = {**dict(zip(_names(method), arguments, strict=False)), **named}
        at = given.pop("at", None)
        self.log.input(method.__name__, at if isinstance(at, float) else None, given)
        if actions is not None and actions:
            self.log.actions(actions)
        return actions

    return logging


@lru_cache
def _names(method: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(method).parameters)[1:]


class RecordedTurns(TurnTaking):
    """One call's turns. What a method calls on itself is no input: only the outermost call is logged."""

    def __init__(self, log: FlightLog, manner: Manner | None = None) -> None:
        super().__init__(manner)
        self.log = log
        self.within = False
        self._log_frame, self._log_beat = log.frame, log.beat
        log.note(TURNS, manner=manner or Manner(), actions={action.name: action.value for action in Action})

    def frame(self, voiced: bool, at: float, level: int = 0, *, loud: bool = False) -> Actions:
        """A frame came from the caller."""
        self.within = True
        try:
            actions = _frame(self, voiced, at, level, loud=loud)
        finally:
            self.within = False
        self._log_frame(voiced, loud, level, at)
        if actions:
            self.log.actions(actions)
        return actions

    def tick(self, at: float) -> Actions:
        """Time passed. Logged if it changed something."""
        if self.within:
            return _tick(self, at)
        onset, state = self.onset, self.state
        active = onset.active
        actions = _tick(self, at)
        if actions or self.state is not state or onset.active is not active:
            self.log.tick(at)
            if actions:
                self.log.actions(actions)
        self._log_beat(at)
        return actions

    listen = _logged(TurnTaking.listen)
    deafen = _logged(TurnTaking.deafen)
    forget = _logged(TurnTaking.forget)
    agent = _logged(TurnTaking.agent)
    learned = _logged(TurnTaking.learned)
    judged = _logged(TurnTaking.judged)
    ask_again = _logged(TurnTaking.ask_again)
    caught = _logged(TurnTaking.caught)
    restart_silence = _logged(TurnTaking.restart_silence)
    end_turn = _logged(TurnTaking.end_turn)
