"""Steps that don't wait for the caller: say, set, branch, lookup, decide, hang_up."""

from __future__ import annotations

from ivr_flows.commands import Fetch
from ivr_flows.events import Decided, Failed, Fetched
from ivr_flows.expressions import holds
from ivr_flows.filling import assigned
from ivr_flows.model.flow import CALLER
from ivr_flows.model.steps import BranchStep, DecideStep, HangUpStep, LookupStep, SayStep, SetStep
from ivr_flows.model.values import check_values
from ivr_flows.problems import InputError
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


def enter_lookup(turn: Turn, step: LookupStep) -> str | None:
    """Ask Jupiter."""
    turn.say(step.say, "say")
    fetch_again(turn, step)
    return None


def fetch_again(turn: Turn, step: LookupStep) -> None:
    """Wait for Jupiter's answer."""
    values = {CALLER: turn.session.caller, **turn.session.values}
    arguments = {name: values.get(variable) for name, variable in step.lookup.arguments.items()}
    turn.fetch(Fetch(step.lookup.name, arguments, step.lookup.timeout))


def fetched(turn: Turn, step: LookupStep, event: Fetched | Failed) -> str | None:
    """A whole answer is taken; anything else is a failure."""
    if isinstance(event, Failed):
        return step.failed
    given = {name: event.data[name] for name in step.lookup.gives if name in event.data}
    try:
        turn.assign(check_values(step.lookup.gives, given, "field"))
    except InputError:
        return step.failed
    return step.next


def enter_decide(turn: Turn, step: DecideStep) -> str | None:
    """Have it committed; what was committed before in this call is not asked for again."""
    if turn.session.decided:
        return _decided(turn, step)
    turn.decide(step.decide)
    return None


def decided(turn: Turn, step: DecideStep, event: Decided | Failed) -> str | None:
    """Say so only once it is committed."""
    usual = turn.flow.body.decisions
    if isinstance(event, Failed):
        return step.failed or usual.failed or turn.flow.body.gives_up
    if not event.accepted:
        return step.already or usual.already or turn.flow.body.gives_up
    turn.change(decided=step.decide, beat=turn.session.step)
    return _decided(turn, step)


def _decided(turn: Turn, step: DecideStep) -> str | None:
    turn.say(step.say, "say")
    if step.next is None:
        turn.end(step.decide)
    return step.next
