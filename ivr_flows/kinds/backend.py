"""Steps that ask the backend: lookup, submit, decide."""

from __future__ import annotations

from ivr_flows.commands import Fetch
from ivr_flows.events import Decided, Failed, Fetched
from ivr_flows.kinds import controlling
from ivr_flows.model.steps import DecideStep, LookupStep, SubmitStep
from ivr_flows.model.values import check_values
from ivr_flows.problems import InputError
from ivr_flows.session import Phase
from ivr_flows.turn import Turn


def enter_lookup(turn: Turn, step: LookupStep) -> str | None:
    """Ask."""
    turn.say(step.say, "say")
    fetch(turn, step)
    return None


def enter_submit(turn: Turn, step: SubmitStep) -> str | None:
    """Send, under a key of this visit's own."""
    turn.change(fetch_key=f"{turn.session.step}.{turn.session.waits}")
    turn.say(step.say, "say")
    fetch(turn, step)
    return None


def fetch(turn: Turn, step: LookupStep | SubmitStep) -> None:
    """Wait for the answer; what is sent again goes under the same key."""
    if isinstance(step, SubmitStep):
        sent = turn.named(step.submit.values)
        fetch = Fetch(step.submit.name, sent, step.submit.timeout, step.submit.service, turn.session.fetch_key)
    else:
        fetch = Fetch(step.lookup.name, turn.named(step.lookup.arguments), step.lookup.timeout, step.lookup.service)
    turn.hold(fetch, Phase.FETCH)


def fetched(turn: Turn, step: LookupStep | SubmitStep, event: Fetched | Failed) -> str | None:
    """A whole answer is taken; anything else is a failure."""
    if isinstance(event, Failed):
        return step.failed
    gives = step.lookup.gives if isinstance(step, LookupStep) else step.submit.gives
    given = {name: event.data[name] for name in gives if name in event.data}
    try:
        turn.assign(check_values(gives, given, "field"))
    except InputError:
        return step.failed
    return step.next


def enter_decide(turn: Turn, step: DecideStep) -> str | None:
    """Have it committed; what was committed before in this call is not asked for again."""
    if turn.session.decided:
        return _decided(turn, step)
    decide(turn, step)
    return None


def decide(turn: Turn, step: DecideStep) -> None:
    """Wait for it to be committed."""
    turn.decide(step.decide)


def decided(turn: Turn, step: DecideStep, event: Decided | Failed) -> str | None:
    """Say so only once it is committed."""
    usual = turn.flow.body.decisions
    if isinstance(event, Failed):
        return step.failed or usual.failed or turn.flow.body.gives_up
    if event.canceled:
        return controlling.canceled(turn)
    if not event.accepted:
        return step.already or usual.already or turn.flow.body.gives_up
    turn.change(decided=step.decide, beat=turn.session.step)
    return _decided(turn, step)


def _decided(turn: Turn, step: DecideStep) -> str | None:
    turn.say(step.say, "say")
    if step.next is None:
        turn.end(step.decide)
    return step.next
