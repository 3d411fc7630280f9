"""What is looked up is used."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import uses, values
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "unused-variable",
    level=Level.WARNING,
    reason="It costs time and is thrown away, or a prompt forgets it.",
    fix="Use it, or take it from `gives`.",
)
def unused_variable(subject: Subject) -> Iterator[Finding]:
    """Every field that a lookup gives is spoken, compared or sent."""
    for way, body in subject.flows():
        used = {name for _, names in uses(body) for name in names}
        for place, _ in values(body):
            if place[0] == "steps" and place[-1] not in used:
                yield subject.at_key((*way, *place), f"{place[-1]!r} is asked for and never used")
