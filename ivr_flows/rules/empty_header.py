"""A header that a route asks for has a value."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "empty-header",
    level=Level.WARNING,
    reason="Only a header that is there and holds nothing would be like it: almost no call has one.",
    fix='Write the value, or "*" for any.',
)
def empty_header(subject: Subject) -> Iterator[Finding]:
    """No header of a route is compared with nothing."""
    for index, route in enumerate(subject.file.routes):
        for name, value in route.headers.items():
            if not value.strip():
                message = f"expected a value of the header {name}, got nothing"
                yield subject.at(("routes", index, "headers", name), message)
