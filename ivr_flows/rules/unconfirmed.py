"""Speech alone undoes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, DecideStep, ListenStep, Question, RecordStep, VoicemailStep


@rule(
    "unconfirmed",
    reason="Speech is misheard now and then, and a decision can't be undone.",
    fix="Give the option `confirm`, or take its words away.",
)
def unconfirmed(subject: Subject) -> Iterator[Finding]:
    """An option that can be said, and leads to a decision without another question, is asked back."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if not isinstance(step, AskStep):
                continue
            for option, choice in step.options.items():
                if any(choice.hear.values()) and not choice.confirm and _decides(body, choice.next):
                    message = (
                        f"{option!r} can be said and leads to a decision that can't be undone: "
                        "give it `confirm`, or take its words away"
                    )
                    yield subject.at((*way, "steps", name, "options", option), message)


def _decides(body: FlowBody, start: str) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        step = body.steps.get(name)
        if isinstance(step, DecideStep):
            return True
        if (
            name in seen
            or step is None
            or (isinstance(step, Question) and not isinstance(step, ListenStep | RecordStep | VoicemailStep))
        ):
            continue
        seen.add(name)
        ahead.extend(target for _, target in body.ways[name])
    return False
