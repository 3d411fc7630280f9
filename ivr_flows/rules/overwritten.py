"""Inputs stay what they were."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import CALLER


@rule(
    "overwritten",
    reason="What the call was given is of the record, and must not change in it.",
    fix="Choose another name for the variable.",
)
def overwritten(subject: Subject) -> Iterator[Finding]:
    """No step fills an input."""
    for way, body in subject.flows():
        for place, name, _ in body.assigned:
            if name in body.inputs or name == CALLER:
                yield subject.at((*way, *place), f"{name!r} is an input and can't be filled here")
