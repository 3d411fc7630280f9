"""What is written for a failure is said."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import Question, Reaction
from ivr_flows.model.walk import Path
from ivr_flows.problems import Level


@rule(
    "unsaid-prompt",
    level=Level.WARNING,
    reason="The call has gone on before the last of them is said.",
    fix="Raise `tries`, or take the last one away.",
)
def unsaid_prompt(subject: Subject) -> Iterator[Finding]:
    """A list of words for failures is no longer than the failures before the last."""
    for way, body in subject.flows():
        for place, reaction in _reactions(body):
            if reaction.say and reaction.tries and len(reaction.say) > max(1, reaction.tries - 1):
                message = f"{len(reaction.say)} prompts; {reaction.tries - 1} are said in {reaction.tries} tries"
                yield subject.at((*way, *place, "say"), message)


def _reactions(body: FlowBody) -> Iterator[tuple[Path, Reaction]]:
    yield ("no_input",), body.no_input
    yield ("no_match",), body.no_match
    for name, step in body.steps.items():
        if isinstance(step, Question):
            yield ("steps", name, "no_input"), step.no_input
            yield ("steps", name, "no_match"), step.no_match
