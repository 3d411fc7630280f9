"""Conversations know what is there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import ConverseStep


@rule("no-knowledge", reason="The conversation would know nothing of it.", fix="Name a collection of `knowledge`.")
def no_knowledge(subject: Subject) -> Iterator[Finding]:
    """The collections that a conversation names are there, if only with mistakes."""
    written = list(subject.project.written.get("knowledge", ()))
    for way, body in subject.flows():
        for name, step in body.steps.items():
            for index, known in enumerate(step.converse.knowledge if isinstance(step, ConverseStep) else ()):
                if known not in written:
                    place = (*way, "steps", name, "converse", "knowledge", index)
                    yield subject.at(place, unknown("collection", known, written))
