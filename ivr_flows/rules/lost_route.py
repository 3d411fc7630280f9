"""Every route can win some call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.file import RouteSpec


@rule(
    "lost-route",
    reason="Another route takes each of its calls first.",
    fix="Write it before the other, make it more exact, or take it away.",
)
def lost_route(subject: Subject) -> Iterator[Finding]:
    """No route stands behind one that is for all of its calls, at all hours that are left to it."""
    places = subject.project.route_places
    earlier: dict[object, list[tuple[int, RouteSpec]]] = {}
    for index, route in enumerate(subject.project.routes):
        near = earlier.setdefault(_exactly(route), [])
        here = subject.own_route(index) if near else None
        before = _taker(near, route)
        if here is not None and before is not None:
            file, line = places[before]
            where = f"line {line}" if file == subject.document.file else f"{file}, line {line}"
            yield subject.at(("routes", here), f"the route on {where} takes all of these calls first")
        near.append((index, route))


def _exactly(route: RouteSpec) -> object:
    """What routes must have in common for one, as exact as the other, to be for all of its calls."""
    return route.number, route.prefix, route.trunk, frozenset(_headers(route))


def _taker(earlier: Sequence[tuple[int, RouteSpec]], route: RouteSpec) -> int | None:
    """The first earlier route that takes all that this one is for. What same-route tells of is none."""
    alike = next((other for _, other in earlier if _headers(other) == _headers(route)), None)
    if alike and _leaves_nothing(alike, route):
        return None
    return next((i for i, other in earlier if _wider(other, route) and _leaves_nothing(other, route)), None)


def _headers(route: RouteSpec) -> dict[str, str]:
    return {name.lower(): value for name, value in route.headers.items()}


def _wider(one: RouteSpec, other: RouteSpec) -> bool:
    """Whether each header of the other, by its value, is one that this route is for."""
    wide, narrow = _headers(one), _headers(other)
    return all(
        narrow[name].startswith(value[:-1]) if value.endswith("*") else value == narrow[name]
        for name, value in wide.items()
    )


def _leaves_nothing(one: RouteSpec, other: RouteSpec) -> bool:
    """Whether the first answers whenever the other would."""
    return not one.hours or bool(one.closed) or (one.hours == other.hours and not other.closed)
