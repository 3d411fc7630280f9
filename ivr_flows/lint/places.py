"""Where the parts of a flow are that several rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from ivr_flows.expressions import ExpressionError, names_in_expression
from ivr_flows.model.base import Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.prompts import TextPiece
from ivr_flows.model.steps import AskStep, BranchStep, Command, DecideStep, HangUpStep, LookupStep, Option
from ivr_flows.model.values import Value
from ivr_flows.model.walk import Path, targets
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError


def answers(body: FlowBody) -> Iterator[tuple[Path, Option | Command]]:
    """Every option and every command."""
    for name, command in body.commands.items():
        yield ("commands", name), command
    for name, step in body.steps.items():
        if isinstance(step, AskStep):
            for option, choice in step.options.items():
                yield ("steps", name, "options", option), choice


def texts(body: FlowBody) -> Iterator[tuple[Path, Language, TextPiece]]:
    """Every text that is said: the way to its line, the language that it is said in, the text."""
    for place, prompt in body.prompts:
        for language, line in prompt.root.items():
            for piece in line:
                if isinstance(piece, TextPiece):
                    yield (*place, language), piece.language or language, piece


def values(body: FlowBody) -> Iterator[tuple[Path, Value]]:
    """Every declared input and every field of an answer."""
    for name, value in body.inputs.items():
        yield ("inputs", name), value
    for name, step in body.steps.items():
        if isinstance(step, LookupStep):
            for field, value in step.lookup.gives.items():
                yield ("steps", name, "lookup", "gives", field), value


def conditions(body: FlowBody) -> Iterator[tuple[Path, str]]:
    """Every condition of a branch."""
    for name, step in body.steps.items():
        if isinstance(step, BranchStep):
            for index, case in enumerate(step.branch):
                yield ("steps", name, "branch", index, "when"), case.when


def uses(body: FlowBody) -> Iterator[tuple[Path, frozenset[str]]]:
    """The inputs and variables that each prompt, condition and lookup speaks of. What can't be read speaks of none."""
    for place, prompt in body.prompts:
        for language, line in prompt.root.items():
            try:
                yield (*place, language), names_of(line)
            except TemplateError:
                continue
    for place, condition in conditions(body):
        try:
            yield place, names_in_expression(condition)
        except ExpressionError:
            continue
    for name, step in body.steps.items():
        if isinstance(step, LookupStep):
            for argument, variable in step.lookup.arguments.items():
                yield ("steps", name, "lookup", "arguments", argument), frozenset({variable})


def outcomes(body: FlowBody) -> Iterator[tuple[Path, str]]:
    """Every outcome that is given."""
    yield ("on_hang_up",), body.on_hang_up
    for name, step in body.steps.items():
        if step.on_hang_up:
            yield ("steps", name, "on_hang_up"), step.on_hang_up
        if isinstance(step, DecideStep):
            yield ("steps", name, "decide"), step.decide
        if isinstance(step, HangUpStep):
            yield ("steps", name, "hang_up"), step.hang_up


def reached(body: FlowBody, *starts: str) -> set[str]:
    """Steps that can be come to, from these or from the flow's start and end."""
    found: set[str] = set()
    ahead = list(starts or (body.start, body.gives_up))
    while ahead:
        name = ahead.pop()
        if name in found or name not in body.steps:
            continue
        found.add(name)
        ahead.extend(target for _, target in targets(body, name))
    return found


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such name; the one that was meant, or all that are known."""
    close = get_close_matches(name, list(known), n=1)
    return f"there is no {what} {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}")
