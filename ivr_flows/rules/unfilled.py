"""What is spoken of has been filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.kinds import listening
from ivr_flows.lint.places import entrances, filled_in, uses
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, ListenStep, RunStep, VoicemailStep
from ivr_flows.model.walk import Path


@rule(
    "unfilled",
    reason="On one of its ways the call comes here without this value: the caller would hear a gap.",
    fix="Fill the variable on every way to here, or speak of it only where it is filled.",
)
def unfilled(subject: Subject) -> Iterator[Finding]:
    """On every way to a step, what it speaks of has been filled; what is said anywhere speaks of inputs only."""
    for way, body in subject.flows():
        flows = subject.project.flows
        filled = filled_in(body, flows)
        before = _filled_before(body, flows) if filled else {}
        for place, names in uses(body):
            there = before.get(str(place[1]), filled) if place[0] == "steps" else frozenset()
            there = there | _filled_here(body, place)
            for name in sorted((names & filled) - there):
                yield subject.at((*way, *place), f"{name!r} may have no value yet when the call comes here")


def _filled_here(body: FlowBody, place: Path) -> frozenset[str]:
    """What a step itself has filled by the time that it speaks: the entry that is read back, the message."""
    if place[0] != "steps" or not {"confirm", "review"} & set(place[2:4]):
        return frozenset()
    step = body.steps[str(place[1])]
    return frozenset(name for at, name, _ in body.assigned if at[1] == place[1] and not isinstance(step, AskStep))


def _filled_before(body: FlowBody, flows: Mapping[str, FlowBody]) -> Mapping[str, frozenset[str]]:
    """Per step that can be come to: the variables that are filled whichever way the call came."""
    before: dict[str, frozenset[str]] = dict.fromkeys(entrances(body), frozenset())
    ahead = [name for name in before if name in body.steps]
    while ahead:
        name = ahead.pop()
        for place, target in body.ways[name]:
            if target not in body.steps:
                continue
            after = before[name] | _fills(body, flows, name, place)
            known_before = before.get(target)
            now = after if known_before is None else known_before & after
            if now != known_before:
                before[target] = now
                ahead.append(target)
    return before


def _fills(body: FlowBody, flows: Mapping[str, FlowBody], name: str, place: Path) -> frozenset[str]:
    """What the call has more on this way out of a step."""
    step = body.steps[name]
    if place[:2] != ("steps", name):
        return frozenset()
    match step:
        case RunStep() if place[2:4] == ("run", "then"):
            other = flows.get(step.run.flow)
            return frozenset(step.run.inputs) | (filled_in(other, flows) if other else frozenset())
        case AskStep() if place[-1] == "next":
            return frozenset(step.options[str(place[3])].set)
        case ListenStep() | VoicemailStep() if place[-1] == "next":
            return frozenset({listening.heard_as(step).into})
        case _ if place[-1] == "next":
            return frozenset(filled for at, filled, _ in body.assigned if at[:2] == ("steps", name))
        case _:
            return frozenset()
