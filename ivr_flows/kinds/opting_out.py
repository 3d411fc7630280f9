"""The end of all calls to a number: its owner wants none."""

from __future__ import annotations

from ivr_flows.commands import OptOut
from ivr_flows.events import Decided, Failed
from ivr_flows.model.steps import OptOutStep
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def enter(turn: Turn, step: OptOutStep) -> str | None:
    """Have it committed."""
    commit(turn, step)
    return None


def commit(turn: Turn, _: OptOutStep) -> None:
    """Wait for it to be committed; once more is no harm."""
    turn.hold(OptOut(), Phase.OPT_OUT)


def committed(turn: Turn, step: OptOutStep, event: Decided | Failed) -> str | None:
    """Say so only once it is committed, and end; a decision that was taken before stands."""
    if isinstance(event, Failed) or not event.accepted:
        return step.failed
    turn.say(step.say, "say")
    turn.end(step.opt_out)
    return None
