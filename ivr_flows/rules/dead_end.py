"""Every question leads on."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import DecideStep, HangUpStep, LookupStep, Question
from ivr_flows.model.walk import Path, targets


@rule(
    "dead-end",
    reason="Whatever the caller answers, the call goes round until it gives up.",
    fix="Lead an answer to a step that hangs up, or decides without a `next`.",
)
def dead_end(subject: Subject) -> Iterator[Finding]:
    """From every step, answers lead to an end."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, Question | LookupStep) and not _ends(body, name):
                yield subject.at((*way, "steps", name), f"no answer leads from {name!r} to an end of the call")


def _ends(body: FlowBody, start: str) -> bool:
    """Whether answers, and not the want of them, lead to a step that ends the call (or is not there)."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        step = body.steps.get(name)
        if step is None or isinstance(step, HangUpStep) or (isinstance(step, DecideStep) and not step.next):
            return True
        if name not in seen:
            seen.add(name)
            ahead += [target for place, target in targets(body, name) if _answered(place)]
    return False


def _answered(place: Path) -> bool:
    return place[-1] != "then" and place[0] != "gives_up"
