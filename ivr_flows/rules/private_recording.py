"""What is private is not kept."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.steps import ConverseStep, Question, RecordStep, VoicemailStep


@rule(
    "private-recording",
    reason="A private answer is neither recorded nor written down: the step would keep nothing.",
    fix="Take `private` away, or ask by `options`, `digits` or `listen`.",
)
def private_recording(subject: Subject) -> Iterator[Finding]:
    """No step that is there to keep what is said, or to talk about it, is private."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, Question) and step.private:
                if isinstance(step, RecordStep | VoicemailStep):
                    yield subject.at((*way, "steps", name, "private"), "a recording can't be private")
                elif isinstance(step, ConverseStep):
                    yield subject.at((*way, "steps", name, "private"), "a conversation can't be private")
