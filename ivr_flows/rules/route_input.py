"""Routes give flows what these need."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.values import check_values
from ivr_flows.problems import InputError


@rule(
    "input",
    reason="Without its inputs the flow can't begin: the call would be refused.",
    fix="Give the route `inputs` that fit, or the flow's inputs a `default`.",
)
def route_input(subject: Subject) -> Iterator[Finding]:
    """A route's inputs are such as its flow can take, and all that it needs."""
    for index, route in enumerate(subject.file.routes):
        if flow := subject.project.flows.get(route.flow):
            try:
                check_values(flow.inputs, route.inputs)
            except InputError as error:
                message = f"{route.flow} can't be given this: {error}"
                yield subject.at(("routes", index, "inputs"), message)
