"""Routes keep hours that are there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule("no-hours", reason="Nobody knows when the route is open.", fix="Name some of the file's `hours`.")
def no_hours(subject: Subject) -> Iterator[Finding]:
    """The hours that a route names are there, if only with mistakes."""
    written = list(subject.project.written.get("hours", ()))
    for index, route in enumerate(subject.file.routes):
        if route.hours and route.hours not in written:
            yield subject.at(("routes", index, "hours"), unknown("hours", route.hours, written))
