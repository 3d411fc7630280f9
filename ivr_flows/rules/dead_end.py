"""Every question leads on."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import (
    DecideStep,
    HangUpStep,
    LookupStep,
    OptOutStep,
    Question,
    Step,
    SubmitStep,
    TransferStep,
)


@rule(
    "dead-end",
    reason="Whatever the caller answers, the call goes round until it gives up.",
    fix="Lead an answer to a step that hangs up, or decides without a `next`.",
)
def dead_end(subject: Subject) -> Iterator[Finding]:
    """From every step, answers lead to an end."""
    for way, body in subject.flows():
        ending = _ending(body)
        for name, step in body.steps.items():
            if isinstance(step, Question | LookupStep | SubmitStep | TransferStep) and name not in ending:
                yield subject.at((*way, "steps", name), f"no answer leads from {name!r} to an end of the call")


def _ending(body: FlowBody) -> set[str]:
    """Steps from which answers, and not the want of them, lead to an end of the call (or to a step that is missing)."""
    before: dict[str, list[str]] = {}
    for name in body.steps:
        for place, target in body.ways[name]:
            if place[-1] != "then" and place[0] != "gives_up":
                before.setdefault(target, []).append(name)
    ahead = [name for name in (*body.steps, *before) if _ends(body.steps.get(name))]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += before.get(name, [])
    return found


def _ends(step: Step | None) -> bool:
    return step is None or isinstance(step, HangUpStep | OptOutStep) or (isinstance(step, DecideStep) and not step.next)
