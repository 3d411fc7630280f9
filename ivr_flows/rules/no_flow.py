"""Routes lead to flows."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule("no-flow", reason="Nobody would answer the call.", fix="Name a flow of this file, or of one that belongs to it.")
def no_flow(subject: Subject) -> Iterator[Finding]:
    """The flow that a route leads to is there, if only with mistakes."""
    written = subject.project.written["flows"]
    for index, route in enumerate(subject.file.routes):
        for word, flow in (("flow", route.flow), ("closed", route.closed)):
            if flow and flow not in written:
                yield subject.at(("routes", index, word), unknown("flow", flow, written))
