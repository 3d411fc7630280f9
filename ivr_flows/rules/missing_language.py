"""Every caller is served in their language."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.lint.translations import translations


@rule(
    "missing-language",
    reason="A caller must not be met with silence, nor with English that they did not choose.",
    fix="Write it in each of the flow's languages.",
)
def missing_language(subject: Subject) -> Iterator[Finding]:
    """Every prompt, list of words and word of a choice is there in each of the flow's languages."""
    for way, body in subject.flows():
        for place, what, given in translations(body):
            if missing := [language for language in body.languages if language not in given]:
                yield subject.at((*way, *place), f"this {what} is missing in {', '.join(missing)}")
