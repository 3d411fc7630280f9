"""Steps that go on by themselves: say, set, branch, wait, hang_up."""

from __future__ import annotations

from ivr_flows.commands import Pause
from ivr_flows.events import Passed
from ivr_flows.expressions import holds
from ivr_flows.filling import assigned
from ivr_flows.model.flow import CALLER
from ivr_flows.model.steps import BranchStep, HangUpStep, RunStep, SayStep, SetStep, WaitStep
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def enter_say(turn: Turn, step: SayStep) -> str | None:
    """Say it and go on."""
    turn.say(step.say, "say")
    return step.next


def enter_set(turn: Turn, step: SetStep) -> str | None:
    """Set the variables and go on."""
    turn.assign(assigned(step.set, step.types, {CALLER: turn.session.caller, **turn.session.values}))
    return step.next


def enter_branch(turn: Turn, step: BranchStep) -> str | None:
    """Go the way of the first case that holds."""
    values = {CALLER: turn.session.caller, **turn.session.values}
    return next((case.next for case in step.branch if holds(case.when, values)), step.otherwise)


def enter_hang_up(turn: Turn, step: HangUpStep) -> str | None:
    """Say the last words; the call ends."""
    turn.say(step.say, "say")
    turn.end(step.hang_up)
    return None


def enter_wait(turn: Turn, step: WaitStep) -> str | None:
    """Let the time pass."""
    turn.say(step.say, "say")
    pause(turn, step)
    return None


def pause(turn: Turn, step: WaitStep) -> None:
    """Let it pass (again)."""
    turn.hold(Pause(step.wait, step.music or ""), Phase.PAUSE)


def passed(_: Turn, step: WaitStep, __: Passed) -> str | None:
    """It has passed."""
    return step.next


def enter_run(turn: Turn, step: RunStep) -> str | None:
    """Raises `ValueError`: a flow is called only after the flows that it runs have been put in its place."""
    raise ValueError(
        f"{turn.flow.name}: step {turn.session.step} runs {step.run.flow}; expected a flow made by the loader, "
        "which puts that flow's steps here"
    )
