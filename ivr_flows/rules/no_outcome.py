"""How a call can end is declared."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import outcomes, unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule(
    "no-outcome",
    reason="Who reads the results can't know an outcome that is not declared.",
    fix="Name one of the flow's `outcomes`, or declare it there.",
)
def no_outcome(subject: Subject) -> Iterator[Finding]:
    """Every `decide`, `hang_up` and `on_hang_up` names an outcome of the flow."""
    for way, body in subject.flows():
        for place, outcome in outcomes(body):
            if outcome not in body.outcomes:
                yield subject.at((*way, *place), unknown("outcome", outcome, body.outcomes))
