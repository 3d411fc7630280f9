"""An entry of any length can be ended."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import DigitsStep
from ivr_flows.problems import Level


@rule(
    "no-terminator",
    level=Level.WARNING,
    reason="The caller waits after the last digit and does not know for what.",
    fix='Give `ends_with: "#"`, and say so in the question.',
)
def no_terminator(subject: Subject) -> Iterator[Finding]:
    """Digits of no fixed number end with a key."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, DigitsStep) and step.digits.min < step.digits.max and not step.digits.ends_with:
                message = f"from {step.digits.min} to {step.digits.max} digits, and no key ends them"
                yield subject.at((*way, "steps", name, "digits"), message)
