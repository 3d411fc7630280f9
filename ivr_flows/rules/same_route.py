"""No two routes are for the same calls."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.file import RouteSpec


@rule(
    "same-route",
    reason="The second would never be taken.",
    fix="Take one of them away, or make it more exact.",
)
def same_route(subject: Subject) -> Iterator[Finding]:
    """Routes differ in number, prefix, trunk or headers, unless the first leaves its closed hours to the second."""
    routes, places = subject.project.routes, subject.project.route_places
    first: dict[object, int] = {}
    for index, route in enumerate(routes):
        known = first.setdefault(_calls(route), index)
        leaves = routes[known].hours and not routes[known].closed
        if known == index or (leaves and (route.closed or route.hours != routes[known].hours)):
            continue
        here = subject.own_route(index)
        if here is not None:
            file, line = places[known]
            where = f"line {line}" if file == subject.document.file else f"{file}, line {line}"
            yield subject.at(("routes", here), f"these calls are routed already, on {where}")


def _calls(route: RouteSpec) -> object:
    headers = frozenset((name.lower(), value) for name, value in route.headers.items())
    return route.number, route.prefix, route.trunk, headers
