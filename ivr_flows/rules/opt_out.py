"""Who wants no more calls can say so at every question."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import Command, DigitsStep, OptOutStep
from ivr_flows.problems import Level

_SIGNS = frozenset("*#")


@rule(
    "opt-out",
    level=Level.WARNING,
    reason="A caller who wants no more calls is asked something else instead.",
    fix="Lead a command of the flow to the step: words to hear, and a key (* or # where digits are typed).",
)
def opt_out(subject: Subject) -> Iterator[Finding]:
    """A step that opts out is come to by a command, by key and in words, at every question of the flow."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, OptOutStep):
                for message in _unheard(body, name):
                    yield subject.at((*way, "steps", name, "opt_out"), message)


def _unheard(body: FlowBody, step: str) -> Iterator[str]:
    commands = [command for command in body.commands.values() if command.next == step]
    if not commands:
        yield f"no command leads to {step!r}: it can't be chosen at every question"
        return
    if not any(command.hear for command in commands):
        yield f"nothing can be said for {step!r}"
    if any(isinstance(each, DigitsStep) for each in body.steps.values()) and not any(map(_by_sign, commands)):
        yield f"no key leads to {step!r} while digits are typed: expected * or #"
    elif not any(command.key for command in commands):
        yield f"no key leads to {step!r}"


def _by_sign(command: Command) -> bool:
    return command.key in _SIGNS
