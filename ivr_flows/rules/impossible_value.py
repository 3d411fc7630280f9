"""A choice is compared with values that it can have."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.expressions import ExpressionError, comparisons
from ivr_flows.lint.places import conditions, values
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.values import Type, Value


@rule(
    "impossible-value",
    reason="This way is never taken: the value can't be that.",
    fix="Compare it with one of its `words`.",
)
def impossible_value(subject: Subject) -> Iterator[Finding]:
    """In conditions, a choice is compared with one of its words."""
    for way, body in subject.flows():
        choices = {str(place[-1]): value for place, value in values(body) if value.type is Type.CHOICE}
        for place, condition in conditions(body):
            for name, compared in _compared(condition):
                if name in choices and compared not in (words := _words(choices[name])):
                    yield subject.at((*way, *place), f"{name!r} is never {compared!r}; it is one of {', '.join(words)}")


def _compared(condition: str) -> Iterator[tuple[str, str]]:
    try:
        yield from comparisons(condition)
    except ExpressionError:
        return


def _words(value: Value) -> list[str]:
    return list(value.words or ())
