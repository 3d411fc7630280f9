"""What is said, heard and chosen is of the flow's languages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import answers
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.lint.translations import translations
from ivr_flows.model.base import Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import Command, LanguageStep, Option
from ivr_flows.model.walk import Path


@rule(
    "language",
    reason="No call is ever held in a language that its flow does not have.",
    fix="Add it to the flow's `languages`, or take it away here.",
)
def language(subject: Subject) -> Iterator[Finding]:
    """Nothing is in a language that the flow does not have, and no call changes to one."""
    for way, body in subject.flows():
        known = ", ".join(body.languages)
        for place, what, given in translations(body):
            for code in given:
                if code not in body.languages:
                    message = f"this {what} is in {code}, which is none of the flow's languages ({known})"
                    yield subject.at((*way, *place, code), message)
        for place, code in _chosen(body):
            if code not in body.languages:
                yield subject.at((*way, *place), f"expected one of the flow's languages ({known}), got {code}")


def _chosen(body: FlowBody) -> Iterator[tuple[Path, Language]]:
    for place, answer in answers(body):
        if isinstance(answer, Option | Command) and answer.language:
            yield (*place, "language"), answer.language
    for name, step in body.steps.items():
        if isinstance(step, LanguageStep):
            for code in step.language:
                yield ("steps", name, "language", code), code
