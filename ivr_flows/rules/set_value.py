"""What variables are set to is of their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.filling import misfit
from ivr_flows.lint.places import flows_within
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import CALLER, FlowBody
from ivr_flows.model.steps import SetStep
from ivr_flows.model.values import Type, Value

_A_TEXT = Value(type=Type.TEXT)


@rule(
    "set-value",
    reason="The call would go on without the value, or with another one.",
    fix="Write a value of the type, or {{ name }} alone, of a variable of the type.",
)
def set_value(subject: Subject) -> Iterator[Finding]:
    """A set step's texts are templates, and what has a type is of it, whatever the call brings."""
    for way, body in subject.flows():
        known = _types(body, subject.project.flows)
        for name, step in body.steps.items():
            if isinstance(step, SetStep):
                for variable, text in step.set.items():
                    if wrong := misfit(variable, text, step.types.get(variable, _A_TEXT), known):
                        yield subject.at((*way, "steps", name, "set", variable), wrong)


def _types(body: FlowBody, flows: Mapping[str, FlowBody]) -> Mapping[str, Value]:
    parts = (body, *flows_within(body, flows))
    return {
        CALLER: Value(type=Type.PHONE),
        **{name: value for part in reversed(parts) for _, name, value in part.assigned},
        **body.inputs,
    }
