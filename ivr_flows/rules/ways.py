"""Ways through a flow: every step can be come to, and no circle lacks a wait."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import BranchStep, SayStep, SetStep
from ivr_flows.model.walk import targets
from ivr_flows.problems import Problem
from ivr_flows.rules.subject import Subject


def reachable(subject: Subject) -> Iterator[Problem]:
    """Every step can be come to from the start."""
    for way, body in subject.flows():
        for name in body.steps.keys() - reached(body):
            yield subject.problem((*way, "steps", name), "unreachable", f"no way leads to the step {name!r}")


def reached(body: FlowBody) -> set[str]:
    """Steps that can be come to."""
    found: set[str] = set()
    ahead = [body.start, body.gives_up]
    while ahead:
        name = ahead.pop()
        if name in found or name not in body.steps:
            continue
        found.add(name)
        ahead.extend(target for _, target in targets(body, name))
    return found


def no_circle_without_wait(subject: Subject) -> Iterator[Problem]:
    """Steps that don't wait must not lead back to themselves: the call would never get on."""
    for way, body in subject.flows():
        for name in body.steps:
            if name in _without_wait(body, name):
                message = f"the step {name!r} leads back to itself without waiting for anything"
                yield subject.problem((*way, "steps", name), "circle", message)


def _without_wait(body: FlowBody, name: str) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        step = body.steps.get(at := ahead.pop())
        if not isinstance(step, SayStep | SetStep | BranchStep):
            continue
        new = {target for _, target in targets(body, at)} - found
        found |= new
        ahead.extend(new)
    return found
