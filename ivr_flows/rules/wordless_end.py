"""Who is not understood is told so."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import HangUpStep
from ivr_flows.problems import Level


@rule(
    "wordless-end",
    level=Level.WARNING,
    reason="A caller who was not understood hears the line go dead.",
    fix="Give the step a `say`: what becomes of the call, and where there is help.",
)
def wordless_end(subject: Subject) -> Iterator[Finding]:
    """The steps that end a call that is not understood, too long or canceled say something."""
    for way, body in subject.flows():
        ends = {body.gives_up, body.longest.then if body.longest else body.gives_up, body.canceled or body.gives_up}
        for name in body.steps.keys() & ends:
            step = body.steps[name]
            if isinstance(step, HangUpStep) and step.say is None:
                yield subject.at((*way, "steps", name), f"{name!r} ends the call without a word")
