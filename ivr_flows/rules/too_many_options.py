"""A question can be kept in mind."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import AskStep
from ivr_flows.problems import Level

_MOST = 5


@rule(
    "too-many-options",
    level=Level.WARNING,
    reason="After five choices callers have forgotten the first.",
    fix="Ask in two questions.",
)
def too_many_options(subject: Subject) -> Iterator[Finding]:
    """A question has at most 5 options."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, AskStep) and len(step.options) > _MOST:
                message = f"{len(step.options)} options; at most {_MOST} can be kept in mind"
                yield subject.at((*way, "steps", name, "options"), message)
