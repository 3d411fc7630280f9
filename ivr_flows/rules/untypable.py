"""What is allowed can be typed."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import DigitsStep


@rule(
    "untypable",
    reason="The largest number can't be typed: the entry ends before its last digit.",
    fix="Raise `max`, or lower the second of `between`.",
)
def untypable(subject: Subject) -> Iterator[Finding]:
    """The largest number has no more digits than may be typed."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, DigitsStep) and step.digits.between:
                largest, most = step.digits.between[1], step.digits.max
                if len(str(largest)) > most:
                    message = f"{largest} can't be typed with at most {most} digits"
                    yield subject.at((*way, "steps", name, "digits", "between"), message)
