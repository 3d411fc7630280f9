"""A decision can come too late or fail."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import DecideStep


@rule(
    "decision",
    reason="Another call may have decided first, or the disk may be full: the caller must be told.",
    fix="Give the step `already` and `failed`, or the flow `decisions: {already: …, failed: …}`.",
)
def decision(subject: Subject) -> Iterator[Finding]:
    """Where the call goes when a decision did not succeed is said."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if not isinstance(step, DecideStep):
                continue
            for word, own, usual in (
                ("already", step.already, body.decisions.already),
                ("failed", step.failed, body.decisions.failed),
            ):
                if not own and not usual:
                    message = f"expected {word!r} here, or under the flow's `decisions`: the step that follows then"
                    yield subject.at((*way, "steps", name, "decide"), message)
