"""A call's place in its flow: plain data, saved at each wait, and enough to go on from after a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from ivr_flows.model.base import Language

VERSION = 1


class SessionError(ValueError):
    """A saved session that can't be read, or that is not of this flow."""


class Phase(StrEnum):
    """What the flow waits for."""

    ANSWER = "answer"
    """To the question of the step."""
    CONFIRM = "confirm"
    """Whether what was said was meant."""
    DECIDE = "decide"
    OPT_OUT = "opt_out"
    FETCH = "fetch"
    PAUSE = "pause"
    THINK = "think"
    TRANSFER = "transfer"
    HANDOVER = "handover"
    """A transfer that the flow did not ask for itself."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Session:
    """Where a call is. `values` are inputs and variables; all of it is JSON."""

    flow: str
    flow_hash: str
    language: Language
    caller: str = ""
    step: str = ""
    beat: str = ""
    """The step at which what is said since the last answer began: where a repetition starts."""
    phase: Phase = Phase.ANSWER
    values: Mapping[str, object] = field(default_factory=dict)
    typed: str = ""
    """Digits of the entry under way."""
    confirming: str = ""
    """The option that was said and is being asked back."""
    no_input: int = 0
    """Silent answers to this question so far."""
    no_match: int = 0
    unheard: int = 0
    """Answers to it that no recogniser could hear, though the caller spoke."""
    decided: str = ""
    """The outcome that was committed."""
    outcome: str = ""
    """The call's outcome, once it has ended."""
    said: int = 0
    """Prompts said so far."""
    waits: int = 0
    """Waits so far."""
    at_ms: int = 0
    """When the last event came."""
    entered_ms: int = 0
    """When the call came to this step."""
    turns: int = 0
    """Answers of the conversation under way."""
    history: tuple[tuple[str, str], ...] = ()
    """The conversation under way: (caller or agent, what was said)."""
    fetch_key: str = ""
    """Of the submission under way."""
    time_up: bool = False
    """Whether the flow's longest time has passed."""
    handed_to: str = ""
    """Whom the caller is being handed to, where the flow did not ask for it."""
    interrupted: str = ""
    """The phase that this interrupted."""
    time_due: bool = False
    """Whether it passed while a decision was being committed: what is done about it follows the decision."""

    def to_json(self) -> str:
        """For the call's record."""
        saved = {name: getattr(self, name) for name in _NAMES}
        return json.dumps({"version": VERSION, **saved}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Session:
        """A saved session. Raises `SessionError`."""
        try:
            saved = json.loads(text)
            if saved.pop("version") != VERSION:
                raise SessionError(f"expected a session of version {VERSION}")
            history = tuple((str(who), str(text)) for who, text in saved.get("history", ()))
            return cls(**{**saved, "phase": Phase(saved["phase"]), "history": history})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SessionError(f"not a saved session: {error}") from error


_NAMES = tuple(part.name for part in fields(Session))
