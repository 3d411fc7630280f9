"""A question says how long it waits."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import Question
from ivr_flows.problems import Level


@rule(
    "no-timeout",
    level=Level.WARNING,
    reason="How long a caller may think is for the author to say, not for chance.",
    fix="Write `no_input: {after: 5s}` in the flow or the question.",
)
def no_timeout(subject: Subject) -> Iterator[Finding]:
    """Every question, or its flow, says `after`."""
    for way, body in subject.flows():
        if body.no_input.after:
            continue
        for name, step in body.steps.items():
            if isinstance(step, Question) and not step.no_input.after:
                yield subject.at(
                    (*way, "steps", name), f"neither {name!r} nor its flow says how long it waits for an answer"
                )
