"""Where things are in a flow: its prompts, its ways from step to step, and what fills its variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel

from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps import (
    AskStep,
    BranchStep,
    DecideStep,
    DigitsStep,
    LanguageStep,
    ListenStep,
    LookupStep,
    Question,
    SayStep,
    SetStep,
)
from ivr_flows.model.values import Type, Value

if TYPE_CHECKING:
    from ivr_flows.model.flow import FlowBody

Path = tuple[str | int, ...]
RECORDING = "_recording"
"""Follows the name of a listen step's variable: where the turn's recording is."""


def prompts_of(part: object, path: Path = ()) -> Iterator[tuple[Path, Prompt]]:
    """Every prompt below `part`, with the way to it."""
    if part is None or isinstance(part, str | int | float):
        return
    if isinstance(part, Prompt):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from prompts_of(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from prompts_of(value, (*path, key))
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from prompts_of(value, (*path, index))


def assignments(body: FlowBody) -> Iterator[tuple[Path, str, Value]]:
    """Every variable that a step fills: where, its name, its type."""
    for name, step in body.steps.items():
        here: Path = ("steps", name)
        match step:
            case DigitsStep():
                yield (*here, "digits", "into"), step.digits.into, Value(type=step.digits.type)
            case ListenStep():
                yield (*here, "listen", "into"), step.listen.into, Value(type=Type.TEXT)
                yield (*here, "listen", "into"), step.listen.into + RECORDING, Value(type=Type.TEXT)
            case LookupStep():
                for gives, value in step.lookup.gives.items():
                    yield (*here, "lookup", "gives", gives), gives, value
            case SetStep():
                for set_name in step.set:
                    yield (*here, "set", set_name), set_name, Value(type=Type.TEXT)
            case AskStep():
                for option, choice in step.options.items():
                    for set_name in choice.set:
                        yield (*here, "options", option, "set", set_name), set_name, Value(type=Type.TEXT)
            case _:
                pass


def targets(body: FlowBody, name: str) -> Iterator[tuple[Path, str]]:
    """Every way out of a step: where it is written (below the step, or below the flow), and the step it leads to."""
    step = body.steps[name]
    here: Path = ("steps", name)
    match step:
        case SayStep() | SetStep() | DigitsStep() | ListenStep() | LanguageStep():
            yield (*here, "next"), step.next
        case AskStep():
            for option, choice in step.options.items():
                yield (*here, "options", option, "next"), choice.next
        case BranchStep():
            for index, case in enumerate(step.branch):
                yield (*here, "branch", index, "next"), case.next
            yield (*here, "otherwise"), step.otherwise
        case LookupStep():
            yield (*here, "next"), step.next
            yield (*here, "failed"), step.failed
        case DecideStep():
            if step.next:
                yield (*here, "next"), step.next
            yield from _decided(body, step, here)
        case _:
            pass
    if isinstance(step, Question):
        yield from _unanswered(body, step, here)


def _decided(body: FlowBody, step: DecideStep, here: Path) -> Iterator[tuple[Path, str]]:
    for word, own, usual in (
        ("already", step.already, body.decisions.already),
        ("failed", step.failed, body.decisions.failed),
    ):
        if target := own or usual:
            yield ((*here, word) if own else ("decisions", word)), target


def _unanswered(body: FlowBody, step: Question, here: Path) -> Iterator[tuple[Path, str]]:
    for word, own, usual in (
        ("no_input", step.no_input, body.no_input),
        ("no_match", step.no_match, body.no_match),
    ):
        if own.then:
            yield (*here, word, "then"), own.then
        elif usual.then:
            yield (word, "then"), usual.then
        else:
            yield ("gives_up",), body.gives_up
    if not isinstance(step, LanguageStep):
        for command, order in body.commands.items():
            if order.next:
                yield ("commands", command, "next"), order.next
