"""What a flow says to a machine that answers in a person's place."""

from __future__ import annotations

from ivr_flows.commands import Say
from ivr_flows.model.flow import Flow
from ivr_flows.session import Session
from ivr_flows.turn import MESSAGE, Turn


def message(flow: Flow, session: Session) -> Say | None:
    """The flow's message in the session's language, with its inputs filled in; None where it has none."""
    turn = Turn(flow, session)
    turn.say(flow.body.message, MESSAGE)
    return next((command for command in turn.commands if isinstance(command, Say)), None)
