"""No two routes are for the same calls."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule(
    "same-route",
    reason="The second would never be taken.",
    fix="Take one of them away, or make it more exact.",
)
def same_route(subject: Subject) -> Iterator[Finding]:
    """Routes differ in number, prefix or trunk."""
    seen: dict[tuple[str, str, str], int] = {}
    for index, route in enumerate(subject.file.routes):
        first = seen.setdefault((route.number, route.prefix, route.trunk), index)
        if first != index:
            line = subject.line(("routes", first))
            yield subject.at(("routes", index), f"these calls are routed already, on line {line}")
