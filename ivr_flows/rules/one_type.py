"""A variable is of one type."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import CALLER
from ivr_flows.model.values import Value


@rule(
    "type",
    reason="The type tells how a value is spoken: an amount is not an order number.",
    fix="Give it one type wherever it is filled, or use two variables.",
)
def one_type(subject: Subject) -> Iterator[Finding]:
    """A variable is of one type wherever it is filled."""
    for way, body in subject.flows():
        first: dict[str, Value] = {}
        for place, name, value in body.assigned:
            if name in body.inputs or name == CALLER:
                continue
            if first.setdefault(name, value).type != value.type:
                message = f"{name!r} is {value.type} here and {first[name].type} elsewhere"
                yield subject.at((*way, *place), message)
