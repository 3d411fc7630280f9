"""Hours are kept by some route."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "unused-hours",
    level=Level.WARNING,
    reason="Whoever changes them thinks that they changed the calls.",
    fix="Name them in a route, or take them away.",
)
def unused_hours(subject: Subject) -> Iterator[Finding]:
    """Some route of the project names them."""
    kept = {route.hours for route in subject.project.routes}
    for name in subject.file.hours:
        if name not in kept:
            yield subject.at_key(("hours", name), f"no route keeps the hours {name!r}")
