"""Where the parts of a flow are that several rules look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from ivr_flows.expressions import ExpressionError, names_in_expression
from ivr_flows.lint.once import once
from ivr_flows.model.base import NAME_PATTERN, Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.prompts import TextPiece
from ivr_flows.model.steps import (
    Answer,
    AskStep,
    BranchStep,
    ConverseStep,
    DecideStep,
    Digits,
    DigitsStep,
    HangUpStep,
    Listening,
    ListenStep,
    LookupStep,
    OptOutStep,
    Query,
    RecordStep,
    RunStep,
    SetStep,
    StepBase,
    Submission,
    SubmitStep,
    TransferStep,
    VoicemailStep,
)
from ivr_flows.model.values import Value
from ivr_flows.model.walk import Path
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError, names_in

NAME = re.compile(NAME_PATTERN)


@once
def answers(body: FlowBody) -> Iterator[tuple[Path, Answer]]:
    """Every option, every exit of a conversation, and every command."""
    for name, command in body.commands.items():
        yield ("commands", name), command
    for name, step in body.steps.items():
        if isinstance(step, AskStep):
            for option, choice in step.options.items():
                yield ("steps", name, "options", option), choice
        if isinstance(step, ConverseStep):
            for intent, leave in step.converse.exits.items():
                yield ("steps", name, "converse", "exits", intent), leave


@once
def texts(body: FlowBody) -> Iterator[tuple[Path, Language, TextPiece]]:
    """Every text that is said: the way to its line, the language that it is said in, the text."""
    for place, prompt in body.prompts:
        for language, line in prompt.root.items():
            for piece in line:
                if isinstance(piece, TextPiece):
                    yield (*place, language), piece.language or language, piece


@once
def values(body: FlowBody) -> Iterator[tuple[Path, Value]]:
    """Every declared input and every field of an answer."""
    for name, value in body.inputs.items():
        yield ("inputs", name), value
    for name, step in body.steps.items():
        for word, asked in queries(step):
            for field, value in asked.gives.items():
                yield ("steps", name, word, "gives", field), value


def queries(step: StepBase) -> Iterator[tuple[str, Query | Submission]]:
    """What a step asks or sends, and the word that it stands under."""
    if isinstance(step, LookupStep):
        yield "lookup", step.lookup
    if isinstance(step, SubmitStep):
        yield "submit", step.submit


def entry(step: StepBase) -> tuple[str, Digits | Listening] | None:
    """What the caller is to type or to say at their leisure, and the word that it stands under."""
    return ("digits", step.digits) if isinstance(step, DigitsStep) else recording(step)


def recording(step: StepBase) -> tuple[str, Listening] | None:
    """What of the caller a step records, and the word that it stands under."""
    match step:
        case ListenStep():
            return "listen", step.listen
        case RecordStep():
            return "record", step.record
        case VoicemailStep():
            return "voicemail", step.voicemail
        case _:
            return None


@once
def conditions(body: FlowBody) -> Iterator[tuple[Path, str]]:
    """Every condition of a branch."""
    for name, step in body.steps.items():
        if isinstance(step, BranchStep):
            for index, case in enumerate(step.branch):
                yield ("steps", name, "branch", index, "when"), case.when


@once
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
        for place, variables in _named(step):
            yield ("steps", name, *place), variables


def _named(step: StepBase) -> Iterator[tuple[Path, frozenset[str]]]:
    """The variables that a step names outside of its prompts."""
    match step:
        case LookupStep():
            for argument, variable in step.lookup.arguments.items():
                yield ("lookup", "arguments", argument), frozenset({variable})
        case SubmitStep():
            for sent, variable in step.submit.values.items():
                yield ("submit", "values", sent), frozenset({variable})
        case TransferStep() if NAME.match(step.transfer.to):
            yield ("transfer", "to"), frozenset({step.transfer.to})
        case RunStep():
            yield from _in_texts(("run", "inputs"), step.run.inputs)
        case SetStep():
            yield from _in_texts(("set",), step.set)
        case _:
            return


def _in_texts(place: Path, texts: Mapping[str, str]) -> Iterator[tuple[Path, frozenset[str]]]:
    for name, text in texts.items():
        try:
            yield (*place, name), names_in(text)
        except TemplateError:
            continue


def flows_within(body: FlowBody, flows: Mapping[str, FlowBody]) -> Iterator[FlowBody]:
    """The flows that this one runs, and those that they run, each once."""
    seen: set[str] = set()
    ahead = [body]
    while ahead:
        for step in ahead.pop().steps.values():
            if isinstance(step, RunStep) and step.run.flow in flows and step.run.flow not in seen:
                seen.add(step.run.flow)
                ahead.append(flows[step.run.flow])
                yield flows[step.run.flow]


def filled_in(body: FlowBody, flows: Mapping[str, FlowBody]) -> set[str]:
    """The variables that steps of the flow fill, and of those that it runs."""
    return {name for part in (body, *flows_within(body, flows)) for _, name, _ in part.assigned}


@once
def outcomes(body: FlowBody) -> Iterator[tuple[Path, str]]:
    """Every outcome that is given."""
    yield ("on_hang_up",), body.on_hang_up
    for name, step in body.steps.items():
        if step.on_hang_up:
            yield ("steps", name, "on_hang_up"), step.on_hang_up
        if isinstance(step, DecideStep):
            yield ("steps", name, "decide"), step.decide
        if isinstance(step, OptOutStep):
            yield ("steps", name, "opt_out"), step.opt_out
        if isinstance(step, HangUpStep):
            yield ("steps", name, "hang_up"), step.hang_up


def reached(body: FlowBody, *starts: str) -> set[str]:
    """Steps that can be come to, from these or from the flow's start and end."""
    found: set[str] = set()
    ahead = list(starts or entrances(body))
    while ahead:
        name = ahead.pop()
        if name in found or name not in body.steps:
            continue
        found.add(name)
        ahead.extend(target for _, target in body.ways[name])
    return found


def entrances(body: FlowBody) -> tuple[str, ...]:
    """Steps that the call comes to by itself: at first, when nothing is understood, the time is up, it is canceled."""
    longest = (body.longest.then,) if body.longest else ()
    return (body.start, body.gives_up, *longest, *((body.canceled,) if body.canceled else ()))


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such name; the one that was meant, or all that are known."""
    close = get_close_matches(name, list(known), n=1)
    return f"there is no {what} {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}")
