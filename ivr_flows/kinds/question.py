"""What a kind of question can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr_flows.turn import Turn

Keys = list[tuple[str, str]]
"""Keys, each with what would be said in its place ("" where the flow has no words for it)."""


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """One kind of question, as functions of the turn and the step (and the event)."""

    ask: Callable[[Turn, Any], None]
    """Put the question, and wait."""
    wait: Callable[[Turn, Any], None]
    """Wait on, saying nothing."""
    key: Callable[[Turn, Any, Any], str | None]
    speech: Callable[[Turn, Any, Any], str | None]
    silence: Callable[[Turn, Any, Any], str | None]
    keys: Callable[[Turn, Any], Keys] = lambda _turn, _step: []
    """What can be pressed, for callers whom no recogniser can hear; empty where there is nothing to be pressed."""

    def enter(self, turn: Turn, step: Any) -> str | None:
        """The call comes to the question."""
        turn.say(step.say, "say")
        self.ask(turn, step)
        return None
