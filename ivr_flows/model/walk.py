"""Where things are in a flow: its prompts, its ways from step to step, and what fills its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps import (
    AskStep,
    BranchStep,
    ConverseStep,
    DecideStep,
    DigitsStep,
    HangUpStep,
    LanguageStep,
    ListenStep,
    LookupStep,
    OptOutStep,
    Question,
    RecordStep,
    RunStep,
    SayStep,
    SetStep,
    StepBase,
    SubmitStep,
    TransferStep,
    VoicemailStep,
    WaitStep,
)
from ivr_flows.model.values import Type, Value

if TYPE_CHECKING:
    from ivr_flows.model.flow import FlowBody

Path = tuple[str | int, ...]
RECORDING = "_recording"
"""Follows the name of a listen step's variable: where the turn's recording is."""


def prompts_of(part: object, path: Path = ()) -> Iterator[tuple[Path, Prompt]]:
    """Every prompt below `part`, with the way to it."""
    if isinstance(part, Prompt):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, value in part.__dict__.items():
            if value.__class__ not in _PLAIN and name in type(part).model_fields:
                yield from prompts_of(value, (*path, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            if value.__class__ not in _PLAIN:
                yield from prompts_of(value, (*path, key))
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            if value.__class__ not in _PLAIN:
                yield from prompts_of(value, (*path, index))


_PLAIN = frozenset({type(None), str, int, float, bool})
"""What has nothing below it."""


def assignments(body: FlowBody) -> Iterator[tuple[Path, str, Value]]:
    """Every variable that a step fills: where, its name, its type."""
    for name, step in body.steps.items():
        if fills := _FILLS.get(type(step)):
            for place, variable, value in fills(step):
                yield ("steps", name, *place), variable, value


def given_by(step: StepBase) -> Iterable[str]:
    """Variables that the backend's answer to this step fills."""
    match step:
        case LookupStep():
            return step.lookup.gives
        case SubmitStep():
            return step.submit.gives
        case _:
            return ()


def targets(body: FlowBody, name: str) -> Iterator[tuple[Path, str]]:
    """Every way out of a step: where it is written (below the step, or below the flow), and the step it leads to."""
    step = body.steps[name]
    here: Path = ("steps", name)
    for place, target in _WAYS[type(step)](step):
        yield (*here, *place), target
    if isinstance(step, DecideStep):
        yield from _decided(body, step, here)
    if isinstance(step, Question):
        yield from _unanswered(body, step, here)


_Fill = tuple[Path, str, Value]
_Way = tuple[Path, str]
_A_TEXT = Value(type=Type.TEXT)


def _kept(word: str, into: str) -> list[_Fill]:
    """What was said: its text, and where its recording is."""
    return [((word, "into"), into, _A_TEXT), ((word, "into"), into + RECORDING, _A_TEXT)]


def _gives(word: str, gives: Mapping[str, Value]) -> list[_Fill]:
    return [((word, "gives", name), name, value) for name, value in gives.items()]


def _set_by_options(step: AskStep) -> list[_Fill]:
    return [
        (("options", option, "set", name), name, _A_TEXT)
        for option, choice in step.options.items()
        for name in choice.set
    ]


_FILLS: Mapping[type[StepBase], Callable[[Any], Iterable[_Fill]]] = {
    AskStep: _set_by_options,
    DigitsStep: lambda step: [(("digits", "into"), step.digits.into, Value(type=step.digits.type))],
    ListenStep: lambda step: _kept("listen", step.listen.into),
    RecordStep: lambda step: [(("record", "into"), step.record.into, _A_TEXT)],
    VoicemailStep: lambda step: _kept("voicemail", step.voicemail.into),
    LookupStep: lambda step: _gives("lookup", step.lookup.gives),
    SubmitStep: lambda step: _gives("submit", step.submit.gives),
    SetStep: lambda step: [(("set", name), name, step.types.get(name, _A_TEXT)) for name in step.set],
    RunStep: lambda step: [(("run", "inputs", name), name, _A_TEXT) for name in step.run.inputs],
}
"""What fills variables: below the step, the variable, its type."""


def _next(step: Any) -> list[_Way]:
    return [(("next",), step.next)]


def _next_or_failed(step: Any) -> list[_Way]:
    return [(("next",), step.next), (("failed",), step.failed)]


def _by_option(step: AskStep) -> list[_Way]:
    return [(("options", option, "next"), choice.next) for option, choice in step.options.items()]


def _by_exit(step: ConverseStep) -> list[_Way]:
    exits = step.converse.exits.items()
    return [*_next(step), *((("converse", "exits", intent, "next"), leave.next) for intent, leave in exits)]


def _by_outcome(step: RunStep) -> list[_Way]:
    return [(("run", "then", outcome), target) for outcome, target in step.run.then.items()]


def _by_case(step: BranchStep) -> list[_Way]:
    cases = [(("branch", index, "next"), case.next) for index, case in enumerate(step.branch)]
    return [*cases, (("otherwise",), step.otherwise)]


_WAYS: Mapping[type[StepBase], Callable[[Any], Iterable[_Way]]] = {
    SayStep: _next,
    SetStep: _next,
    WaitStep: _next,
    DigitsStep: _next,
    ListenStep: _next,
    RecordStep: _next,
    VoicemailStep: _next,
    LanguageStep: _next,
    LookupStep: _next_or_failed,
    SubmitStep: _next_or_failed,
    TransferStep: _next_or_failed,
    AskStep: _by_option,
    ConverseStep: _by_exit,
    RunStep: _by_outcome,
    BranchStep: _by_case,
    DecideStep: lambda step: _next(step) if step.next else [],
    OptOutStep: lambda step: [(("failed",), step.failed)],
    HangUpStep: lambda _: [],
}
"""Each kind's own ways out: below the step, and where it leads."""


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
    for command, order in body.commands.items():
        understood = not isinstance(step, LanguageStep) or isinstance(body.steps.get(order.next or ""), OptOutStep)
        if order.next and understood:
            yield ("commands", command, "next"), order.next
