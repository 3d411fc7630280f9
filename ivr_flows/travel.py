"""Which steps a call came through: told from its sessions at two waits in a row."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.expressions import holds
from ivr_flows.model import Flow
from ivr_flows.model.flow import CALLER
from ivr_flows.model.steps import BranchStep, SayStep, SetStep
from ivr_flows.model.walk import targets
from ivr_flows.session import Phase, Session

_PASSED = (SayStep, SetStep, BranchStep)
"""Kinds at which a call does not wait."""


def begun(flow: Flow, session: Session) -> tuple[str, ...]:
    """The steps from the first to the one where the call waits, or ends; none for a call that is gone on with."""
    return () if session.waits > 1 else _through(flow, flow.body.start, session)


def travelled(flow: Flow, before: Session, after: Session) -> tuple[str, ...]:
    """The step that was left, those passed, and the one where the call waits now, or ended; none when it stayed."""
    if not _moved(before, after):
        return ()
    return before.step, *_through(flow, after.beat, after)


def _moved(before: Session, after: Session) -> bool:
    if before.step != after.step:
        return True
    if after.phase is Phase.ENDED:
        return False
    again = before.waits < after.waits and after.phase is before.phase is Phase.ANSWER
    return (before.beat, before.entered_ms) != (after.beat, after.entered_ms) or (again and _tried(before, after))


def _tried(before: Session, after: Session) -> bool:
    """Whether nothing was counted against the answer: it was taken, and led back to its own question."""
    return (before.no_input, before.no_match, before.typed) == (after.no_input, after.no_match, after.typed)


def _through(flow: Flow, first: str, session: Session) -> tuple[str, ...]:
    """The way from `first` to where the session is; those two alone where there is none without a wait."""
    found = next(_ways(flow, first, session, ()), None)
    return found or tuple(dict.fromkeys((first, session.step)))


def _ways(flow: Flow, name: str, session: Session, passed: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    way = (*passed, name)
    if name == session.step:
        yield way
    elif name not in passed and isinstance(flow.steps.get(name), _PASSED):
        for target in _ahead(flow, name, session):
            yield from _ways(flow, target, session, way)


def _ahead(flow: Flow, name: str, session: Session) -> list[str]:
    """Where a step leads that does not wait; the case of a branch that holds comes first."""
    step = flow.steps[name]
    ways = [target for _, target in targets(flow.body, name)]
    if not isinstance(step, BranchStep):
        return ways
    values = {CALLER: session.caller, **session.values}
    taken = next((case.next for case in step.branch if holds(case.when, values)), step.otherwise)
    return [taken, *ways]
