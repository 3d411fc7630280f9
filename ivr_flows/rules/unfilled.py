"""What is spoken of has been filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr_flows.lint.places import uses
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, DigitsStep, ListenStep, LookupStep, SetStep
from ivr_flows.model.walk import Path, assignments, targets


@rule(
    "unfilled",
    reason="On one of its ways the call comes here without this value: the caller would hear a gap.",
    fix="Fill the variable on every way to here, or speak of it only where it is filled.",
)
def unfilled(subject: Subject) -> Iterator[Finding]:
    """On every way to a step, what it speaks of has been filled; what is said anywhere speaks of inputs only."""
    for way, body in subject.flows():
        filled = {name for _, name, _ in assignments(body)}
        before = _filled_before(body) if filled else {}
        for place, names in uses(body):
            there = before.get(str(place[1]), filled) if place[0] == "steps" else frozenset()
            for name in sorted((names & filled) - there):
                yield subject.at((*way, *place), f"{name!r} may have no value yet when the call comes here")


def _filled_before(body: FlowBody) -> Mapping[str, frozenset[str]]:
    """Per step that can be come to: the variables that are filled whichever way the call came."""
    before: dict[str, frozenset[str]] = {body.start: frozenset(), body.gives_up: frozenset()}
    ahead = [name for name in before if name in body.steps]
    while ahead:
        name = ahead.pop()
        for place, target in targets(body, name):
            if target not in body.steps:
                continue
            after = before[name] | _fills(body, name, place)
            known_before = before.get(target)
            now = after if known_before is None else known_before & after
            if now != known_before:
                before[target] = now
                ahead.append(target)
    return before


def _fills(body: FlowBody, name: str, place: Path) -> frozenset[str]:
    step = body.steps[name]
    if place[:2] != ("steps", name) or place[-1] != "next":
        return frozenset()
    filled: Iterable[str] = ()
    match step:
        case AskStep():
            filled = step.options[str(place[3])].set
        case DigitsStep():
            filled = (step.digits.into,)
        case ListenStep():
            filled = (step.listen.into,)
        case LookupStep():
            filled = step.lookup.gives
        case SetStep():
            filled = step.set
        case _:
            pass
    return frozenset(filled)
