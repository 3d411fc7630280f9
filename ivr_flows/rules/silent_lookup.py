"""Nobody waits in silence."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import queries
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level

_SILENCE_MS = 2000


@rule(
    "silent-lookup",
    level=Level.WARNING,
    reason="After two seconds of silence callers think that the line is dead.",
    fix="Give the step a `say`: one moment, please.",
)
def silent_lookup(subject: Subject) -> Iterator[Finding]:
    """A lookup that may take longer than 2 s says something first."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            for _, asked in queries(step):
                if not getattr(step, "say", None) and asked.timeout > _SILENCE_MS:
                    message = f"the caller may wait {asked.timeout / 1000:g} s in silence"
                    yield subject.at((*way, "steps", name), message)
