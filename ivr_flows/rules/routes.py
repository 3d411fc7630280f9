"""Routes lead to flows, with all that these need."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.model.values import check_values
from ivr_flows.problems import InputError, Problem
from ivr_flows.rules.subject import Subject


def lead_to_flows(subject: Subject) -> Iterator[Problem]:
    """The flow is there, its inputs are given, and no two routes are for the same calls."""
    seen: dict[tuple[str, str, str], int] = {}
    for index, route in enumerate(subject.file.routes):
        way = ("routes", index)
        same = (route.number, route.prefix, route.trunk)
        if same in seen:
            line = subject.document.locate(("routes", seen[same]))[0]
            yield subject.problem(way, "same-route", f"these calls are routed already, on line {line}")
        seen.setdefault(same, index)
        flow = subject.file.flows.get(route.flow)
        if flow is None:
            message = f"there is no flow {route.flow!r}; known: {', '.join(subject.file.flows)}"
            yield subject.problem((*way, "flow"), "no-flow", message)
            continue
        try:
            check_values(flow.inputs, route.inputs)
        except InputError as error:
            yield subject.problem((*way, "inputs"), "input", f"{route.flow} can't be given this: {error}")
