"""A caller who can't be understood is let go."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import HangUpStep


@rule(
    "gives-up",
    reason="A call that has tried everything must come to its end.",
    fix="Name a hang_up step as `gives_up`.",
)
def gives_up(subject: Subject) -> Iterator[Finding]:
    """`gives_up` is a hang_up step."""
    for way, body in subject.flows():
        step = body.steps.get(body.gives_up)
        if step and not isinstance(step, HangUpStep):
            message = f"expected a step that hangs up, got {body.gives_up!r}, which does not"
            yield subject.at((*way, "gives_up"), message)
