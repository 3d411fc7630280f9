"""Conditions of branches can be told."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.expressions import ExpressionError, names_in_expression
from ivr_flows.lint.places import conditions
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule(
    "condition",
    reason="A condition that can't be read would be no condition.",
    fix="Compare names and values, such as: total > 500 and status == 'preparing'.",
)
def condition(subject: Subject) -> Iterator[Finding]:
    """Every `when` is a condition."""
    for way, body in subject.flows():
        for place, text in conditions(body):
            try:
                names_in_expression(text)
            except ExpressionError as error:
                yield subject.at((*way, *place), str(error))
