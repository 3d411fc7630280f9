"""Routes give flows what these need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.values import check_values
from ivr_flows.problems import InputError


@rule(
    "input",
    reason="Without its inputs the flow can't begin: the call would be refused.",
    fix="Give the route `inputs` that fit, or the flow's inputs a `default`.",
)
def route_input(subject: Subject) -> Iterator[Finding]:
    """A route's inputs are such as its flow can take, and all that it needs; what the closed one wants of them, too."""
    for index, route in enumerate(subject.file.routes):
        if flow := subject.project.flows.get(route.flow):
            yield from _misfits(subject, index, route.flow, flow, route.inputs)
        if route.closed and (closed := subject.project.flows.get(route.closed)):
            wanted = {name: value for name, value in route.inputs.items() if name in closed.inputs}
            yield from _misfits(subject, index, route.closed, closed, wanted)


def _misfits(
    subject: Subject, index: int, name: str, flow: FlowBody, inputs: Mapping[str, object]
) -> Iterator[Finding]:
    try:
        check_values(flow.inputs, inputs)
    except InputError as error:
        yield subject.at(("routes", index, "inputs"), f"{name} can't be given this: {error}")
