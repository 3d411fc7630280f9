"""Knowledge is told in some conversation."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import ConverseStep
from ivr_flows.problems import Level


@rule(
    "unused-knowledge",
    level=Level.WARNING,
    reason="No caller ever hears it.",
    fix="Name the collection in a conversation, or take it away.",
)
def unused_knowledge(subject: Subject) -> Iterator[Finding]:
    """Some conversation of the project names each collection."""
    told = {
        known
        for body in subject.project.flows.values()
        for step in body.steps.values()
        if isinstance(step, ConverseStep)
        for known in step.converse.knowledge
    }
    for name in subject.file.knowledge:
        if name not in told:
            yield subject.at_key(("knowledge", name), f"no conversation tells the collection {name!r}")
