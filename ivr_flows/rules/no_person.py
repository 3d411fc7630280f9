"""Who calls can reach a person, or leave word."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import flows_within, reached
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import ListenStep, Question, RecordStep, TransferStep, VoicemailStep
from ivr_flows.problems import Level

_HEARS_OUT = (TransferStep, VoicemailStep, ListenStep, RecordStep)


@rule(
    "no-person",
    level=Level.WARNING,
    reason="Who calls with something that the flow does not know has nobody to tell it to.",
    fix="Give a way to a transfer or a message: an option, a command, or where a question's tries end.",
)
def no_person(subject: Subject) -> Iterator[Finding]:
    """A flow that a route leads to at its open hours, and that asks something, has a transfer or takes a message."""
    answering = {route.flow for route in subject.project.routes}
    for way, body in subject.flows():
        if way[-1] in answering:
            parts = (body, *flows_within(body, subject.project.flows))
            ways = [part.steps[name] for part in parts for name in reached(part)]
            asks = any(isinstance(step, Question) for step in ways)
            if asks and not any(isinstance(step, _HEARS_OUT) for step in ways):
                yield subject.at_key(way, f"who calls {way[-1]!r} can neither reach a person nor leave a message")
