"""Each case of a branch can be taken."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import BranchStep


@rule(
    "same-case",
    reason="The first is always taken; the second never is.",
    fix="Correct its condition, or take it away.",
)
def same_case(subject: Subject) -> Iterator[Finding]:
    """No two cases of a branch have the same condition."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, BranchStep):
                first: dict[str, int] = {}
                for index, case in enumerate(step.branch):
                    if first.setdefault(" ".join(case.when.split()), index) != index:
                        place = (*way, "steps", name, "branch", index, "when")
                        yield subject.at(place, "this condition is here already; this case is never taken")
