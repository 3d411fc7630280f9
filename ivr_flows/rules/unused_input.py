"""Inputs are used, or are said to be for others."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import uses
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "unused-input",
    level=Level.WARNING,
    reason="Whoever starts the call has to find a value that nothing needs.",
    fix="Use it, take it away, or give it a `description` that says who needs it.",
)
def unused_input(subject: Subject) -> Iterator[Finding]:
    """Every input is spoken, compared or sent, or has a description."""
    for way, body in subject.flows():
        used = {name for _, names in uses(body) for name in names}
        for name, value in body.inputs.items():
            if name not in used and not value.description:
                yield subject.at_key((*way, "inputs", name), f"the input {name!r} is neither spoken, compared nor sent")
