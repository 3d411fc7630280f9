"""What is declared as an outcome is given somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import outcomes
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "unused-outcome",
    level=Level.WARNING,
    reason="Who reads the results waits for something that never comes.",
    fix="Give it with `decide`, `hang_up` or `on_hang_up`, or take it from `outcomes`.",
)
def unused_outcome(subject: Subject) -> Iterator[Finding]:
    """Every outcome is given by a step, or on a hang-up."""
    for way, body in subject.flows():
        given = {outcome for _, outcome in outcomes(body)}
        for index, outcome in enumerate(body.outcomes):
            if outcome not in given:
                listed = isinstance(subject.document.get((*way, "outcomes")), list)
                place = (*way, "outcomes", index if listed else outcome)
                yield subject.at_key(place, f"no call ends with the outcome {outcome!r}")
