"""A key means one thing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.base import Key
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, ConverseStep, LanguageStep
from ivr_flows.model.walk import Path


@rule(
    "same-key",
    reason="The caller would get the first, whichever they meant.",
    fix="Give each answer a key of its own.",
)
def same_key(subject: Subject) -> Iterator[Finding]:
    """No two options of a question, and no two commands, are on one key. (An option comes before a command.)"""
    for way, body in subject.flows():
        for keys in _keyboards(body):
            first: dict[Key, Path] = {}
            for place, key in keys:
                if key and first.setdefault(key, place) != place:
                    line = subject.line((*way, *first[key]))
                    yield subject.at((*way, *place), f"the key {key} is taken; first on line {line}")


def _keyboards(body: FlowBody) -> Iterator[list[tuple[Path, Key | None]]]:
    yield [(("commands", name, "key"), command.key) for name, command in body.commands.items()]
    for name, step in body.steps.items():
        if isinstance(step, AskStep):
            yield [(("steps", name, "options", option, "key"), choice.key) for option, choice in step.options.items()]
        if isinstance(step, ConverseStep):
            exits = step.converse.exits.items()
            yield [(("steps", name, "converse", "exits", intent, "key"), leave.key) for intent, leave in exits]
        if isinstance(step, LanguageStep):
            yield [(("steps", name, "language", code), key) for code, key in step.language.items()]
