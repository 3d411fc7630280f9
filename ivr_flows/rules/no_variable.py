"""Only what is there can be spoken of."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import filled_in, uses
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import CALLER


@rule(
    "no-variable",
    reason="The caller would hear a gap.",
    fix="Name an input or a variable of this flow.",
)
def no_variable(subject: Subject) -> Iterator[Finding]:
    """Prompts, conditions and lookups speak only of inputs and variables."""
    for way, body in subject.flows():
        there = {CALLER, *body.inputs, *filled_in(body, subject.project.flows)}
        for place, names in uses(body):
            for name in sorted(names - there):
                message = f"there is no input or variable {name!r}; known: {', '.join(sorted(there))}"
                yield subject.at((*way, *place), message)
