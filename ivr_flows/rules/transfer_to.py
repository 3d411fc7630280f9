"""A transfer rings somebody."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import NAME, filled_in
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import CALLER
from ivr_flows.model.steps import TransferStep
from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.problems import InputError


@rule(
    "transfer-to",
    reason="Nobody would be rung.",
    fix="Give a number with its country, or the name of an input or variable of the type phone.",
)
def transfer_to(subject: Subject) -> Iterator[Finding]:
    """What a transfer rings is a number, or a variable that holds one."""
    for way, body in subject.flows():
        types = {name: value.type for _, name, value in body.assigned}
        types |= {name: value.type for name, value in body.inputs.items()} | {CALLER: Type.PHONE}
        elsewhere = filled_in(body, subject.project.flows)
        for name, step in body.steps.items():
            if isinstance(step, TransferStep) and (got := step.transfer.to) not in elsewhere - types.keys():
                usable = types.get(got) is Type.PHONE if got in types or NAME.match(got) else _is_number(got)
                if not usable:
                    place = (*way, "steps", name, "transfer", "to")
                    yield subject.at(place, f"expected a phone number or the name of one, got {got!r}")


def _is_number(text: str) -> bool:
    try:
        check_value("to", Value(type=Type.PHONE), text)
    except InputError:
        return False
    return True
