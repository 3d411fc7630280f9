"""Silence can end a recording."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import recording
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "endless-silence",
    level=Level.WARNING,
    reason="The recording always runs to its full length.",
    fix="Make `silence` shorter than `longest`.",
)
def endless_silence(subject: Subject) -> Iterator[Finding]:
    """The silence that ends it is shorter than the longest recording."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if found := recording(step):
                word, part = found
                if part.silence >= part.longest:
                    yield subject.at((*way, "steps", name, word), "`silence` is not shorter than `longest`")
