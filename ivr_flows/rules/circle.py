"""No circle lacks a wait."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import BranchStep, RunStep, SayStep, SetStep, WaitStep


@rule(
    "circle",
    reason="The call would go round for ever, and the caller could say nothing to it.",
    fix="Put a question into the circle, or lead out of it.",
)
def circle(subject: Subject) -> Iterator[Finding]:
    """Steps that don't wait do not lead back to themselves."""
    for way, body in subject.flows():
        for name in body.steps:
            if name in without_wait(body, name):
                message = f"the step {name!r} leads back to itself without waiting for anything"
                yield subject.at((*way, "steps", name), message)


def without_wait(body: FlowBody, name: str) -> set[str]:
    """Steps that the call comes to from this one before it waits for the caller. A flow that is run may say nothing."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        step = body.steps.get(at := ahead.pop())
        if not isinstance(step, SayStep | SetStep | BranchStep | WaitStep | RunStep):
            continue
        new = {target for _, target in body.ways[at]} - found
        found |= new
        ahead.extend(new)
    return found
