"""Who is not understood can use the keys."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import answers
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level


@rule(
    "voice-only",
    level=Level.WARNING,
    reason="Noise, accents and bad lines keep some callers from being understood.",
    fix="Give the option a `key`.",
)
def voice_only(subject: Subject) -> Iterator[Finding]:
    """Every option has a key."""
    for way, body in subject.flows():
        for place, answer in answers(body):
            if place[2:3] == ("options",) and not answer.key:
                yield subject.at((*way, *place), f"{place[-1]!r} can only be said; it has no key")
