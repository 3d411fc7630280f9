"""Where the call goes next must be there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.walk import Path


@rule("no-step", reason="A call that is sent nowhere breaks off.", fix="Name a step of this flow.")
def no_step(subject: Subject) -> Iterator[Finding]:
    """Every `next`, `then`, `failed` … names a step."""
    for way, body in subject.flows():
        for place, target in dict(_all_targets(body)).items():
            if target not in body.steps:
                yield subject.at((*way, *place), unknown("step", target, body.steps))


def _all_targets(body: FlowBody) -> Iterator[tuple[Path, str]]:
    yield ("start",), body.start
    yield ("gives_up",), body.gives_up
    for place, target in (
        (("no_input", "then"), body.no_input.then),
        (("no_match", "then"), body.no_match.then),
        (("decisions", "already"), body.decisions.already),
        (("decisions", "failed"), body.decisions.failed),
        (("canceled",), body.canceled),
        (("longest", "then"), body.longest.then if body.longest else None),
        *((("commands", name, "next"), command.next) for name, command in body.commands.items()),
    ):
        if target:
            yield place, target
    for name in body.steps:
        yield from body.ways[name]
