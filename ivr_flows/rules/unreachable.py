"""Every step can be come to."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import reached
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule(
    "unreachable",
    reason="What no caller ever hears is a mistake in a `next`, or left over.",
    fix="Lead a step to it, or take it away.",
)
def unreachable(subject: Subject) -> Iterator[Finding]:
    """Every step can be come to from the start."""
    for way, body in subject.flows():
        for name in body.steps.keys() - reached(body):
            yield subject.at((*way, "steps", name), f"no way leads to the step {name!r}")
