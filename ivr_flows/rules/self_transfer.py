"""A transfer that nobody took is not tried for ever."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import BranchStep, SayStep, SetStep, TransferStep, WaitStep
from ivr_flows.model.walk import targets
from ivr_flows.problems import Level


@rule(
    "self-transfer",
    level=Level.WARNING,
    reason="The caller is held while the same person is rung again and again, and can choose nothing else.",
    fix="Lead `failed` to a question or to a message, or ask the backend first who is free.",
)
def self_transfer(subject: Subject) -> Iterator[Finding]:
    """`failed` does not lead back to its transfer by steps that neither ask the caller nor the backend."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, TransferStep) and name in _unasked(body, step.failed):
                message = f"when nobody takes the call, {name!r} is tried again, and the caller is asked nothing"
                yield subject.at((*way, "steps", name, "failed"), message)


def _unasked(body: FlowBody, start: str) -> set[str]:
    """This step, and those that follow it before anybody is asked."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            if isinstance(body.steps.get(name), SayStep | SetStep | BranchStep | WaitStep):
                ahead.extend(target for _, target in targets(body, name))
    return found
