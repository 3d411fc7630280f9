"""A branch leads to more than one step."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import BranchStep
from ivr_flows.problems import Level


@rule(
    "idle-branch",
    level=Level.WARNING,
    reason="It decides nothing; one of its ways is wrong.",
    fix="Correct a `next`, or take the branch away.",
)
def idle_branch(subject: Subject) -> Iterator[Finding]:
    """The cases of a branch differ in where they lead."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, BranchStep) and {case.next for case in step.branch} == {step.otherwise}:
                yield subject.at((*way, "steps", name), f"every way of {name!r} leads to {step.otherwise!r}")
