"""Flows that run other flows, made into one: the other's steps become `STEP/substep` of this one.

What the other flow says of silence, of answers that mean nothing, and of confidence goes with its steps; what it leaves
open, its commands, and what a hang-up comes to are the calling flow's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ivr_flows.filling import misfit
from ivr_flows.model.flow import CALLER, FlowBody
from ivr_flows.model.steps import (
    Answer,
    AskStep,
    BranchStep,
    ConverseStep,
    DecideStep,
    HangUpStep,
    OptOutStep,
    Question,
    RunStep,
    SayStep,
    SetStep,
    StepBase,
)
from ivr_flows.model.values import Type, Value
from ivr_flows.model.walk import Path, assignments, targets
from ivr_flows.replacing import rebuilt, replaced

MOST_STEPS = 5000
SEPARATOR = "/"


class ExpansionError(ValueError):
    """A flow that can't be made into one. `flow`, `step`: where that is written."""

    def __init__(self, flow: str, step: str, message: str) -> None:
        self.flow = flow
        self.step = step
        super().__init__(message)


def expanded(flows: Mapping[str, FlowBody]) -> dict[str, FlowBody]:
    """All flows, without a step that runs another one. Raises `ExpansionError`."""
    work = _Expansion(flows)
    return {name: work.whole(name) for name in flows}


def parts_of(name: str, flows: Mapping[str, FlowBody]) -> dict[str, FlowBody]:
    """The flow and all that it runs, as they are written; none when it runs no other."""
    found: dict[str, FlowBody] = {}
    ahead = [name]
    while ahead:
        body = found.setdefault(ahead[-1], flows[ahead.pop()])
        runs = (step.run.flow for step in body.steps.values() if isinstance(step, RunStep))
        ahead.extend(other for other in runs if other not in found)
    return found if len(found) > 1 else {}


class _Expansion:
    def __init__(self, flows: Mapping[str, FlowBody]) -> None:
        self._flows = flows
        self._done: dict[str, FlowBody] = {}
        self._ahead: list[str] = []
        """The flows that are being expanded, each run by the one before."""

    def whole(self, name: str) -> FlowBody:
        """The flow with all that it runs in it."""
        if name not in self._done:
            self._ahead.append(name)
            self._done[name] = self._expand(name, self._flows[name])
            self._ahead.pop()
        return self._done[name]

    def _expand(self, name: str, body: FlowBody) -> FlowBody:
        runs = {step: run for step, run in body.steps.items() if isinstance(run, RunStep)}
        if not runs:
            return body
        others = {step: self._other(name, step, run) for step, run in runs.items()}
        known = _known(body, runs, others)
        steps: dict[str, StepBase] = {step: what for step, what in body.steps.items() if step not in runs}
        inputs = dict(body.inputs)
        for step, run in runs.items():
            if wrong := next(_misfits(run, others[step], known), None):
                raise ExpansionError(name, step, wrong)
            inputs.update(_defaults(others[step], {**known, **inputs}))
            steps.update(_inlined(body, step, run, others[step]))
            if len(steps) > MOST_STEPS:
                raise ExpansionError(name, step, f"with all that it runs the flow has more than {MOST_STEPS} steps")
        return rebuilt(body, steps=steps, inputs=inputs)

    def _other(self, name: str, step: str, run: RunStep) -> FlowBody:
        other = run.run.flow
        if other not in self._flows:
            raise ExpansionError(name, step, f"there is no flow {other!r}")
        if other in self._ahead:
            way = " → ".join([*self._ahead[self._ahead.index(other) :], other])
            raise ExpansionError(name, step, f"flows run each other in a circle: {way}")
        found = self.whole(other)
        if decision := next((sub for sub, what in found.steps.items() if isinstance(what, DecideStep)), None):
            raise ExpansionError(
                name,
                step,
                f"{other} decides (in {decision}); expected a flow without `decide`, or the step in this flow",
            )
        if opting_out := next((sub for sub, what in found.steps.items() if isinstance(what, OptOutStep)), None):
            raise ExpansionError(
                name,
                step,
                f"{other} opts out (in {opting_out}); expected the `opt_out` step in this flow, by a command",
            )
        return found


def _known(body: FlowBody, runs: Mapping[str, RunStep], others: Mapping[str, FlowBody]) -> dict[str, Value]:
    """The types of all variables: this flow's own word counts first, then what it gives and gets by running others."""
    alone = rebuilt(body, steps={name: step for name, step in body.steps.items() if name not in runs})
    found = {CALLER: Value(type=Type.PHONE), **body.inputs}
    for variable, value in _assigned(alone):
        found.setdefault(variable, value)
    for step, other in others.items():
        for name in runs[step].run.inputs:
            if name in other.inputs:
                found.setdefault(name, other.inputs[name])
        for variable, value in _assigned(other):
            found.setdefault(variable, value)
    return found


def _assigned(body: FlowBody) -> Iterator[tuple[str, Value]]:
    for _, variable, value in assignments(body):
        yield variable, value


def _misfits(run: RunStep, other: FlowBody, known: Mapping[str, Value]) -> Iterator[str]:
    """What is wrong with the inputs that a step gives to the flow that it runs."""
    for name, text in run.run.inputs.items():
        if name not in other.inputs:
            yield f"{run.run.flow} has no input {name!r}"
        elif wrong := misfit(name, text, other.inputs[name], known):
            yield f"{run.run.flow} can't be given this: {wrong}"
    for name, value in other.inputs.items():
        if value.needed and name not in known:
            yield f"{run.run.flow} needs the input {name!r}"


def _defaults(other: FlowBody, known: Mapping[str, Value]) -> dict[str, Value]:
    """Inputs that nobody gives: they are this flow's, too, with their defaults."""
    return {name: value for name, value in other.inputs.items() if name not in known}


def _inlined(body: FlowBody, name: str, run: RunStep, other: FlowBody) -> Iterator[tuple[str, StepBase]]:
    """The steps that stand for one that runs another flow."""
    under = f"{name}{SEPARATOR}"
    yield name, _entered(run, other, under + other.start)
    for sub, step in other.steps.items():
        if isinstance(step, HangUpStep):
            inlined = _left(step, run.run.then.get(step.hang_up, body.gives_up))
        else:
            inlined = _renamed(_settled(step, other), sub, other, under)
        own = step.on_hang_up if step.on_hang_up in body.outcomes else None
        yield under + sub, rebuilt(inlined, on_hang_up=own or run.on_hang_up)


def _entered(run: RunStep, other: FlowBody, start: str) -> StepBase:
    common: dict[str, Any] = {"description": run.description, "on_hang_up": run.on_hang_up, "barge_in": run.barge_in}
    if not run.run.inputs:
        return _jump(start, **common)
    types = {name: other.inputs[name] for name in run.run.inputs}
    return SetStep.model_construct(set=run.run.inputs, types=types, next=start, **common)


def _left(step: HangUpStep, then: str) -> StepBase:
    common: dict[str, Any] = {"description": step.description, "barge_in": step.barge_in}
    return SayStep.model_construct(say=step.say, next=then, **common) if step.say else _jump(then, **common)


def _jump(to: str, **common: Any) -> BranchStep:
    return BranchStep.model_construct(branch=(), otherwise=to, **common)


def _settled(step: StepBase, flow: FlowBody) -> StepBase:
    """The step with what its flow says for all its questions."""
    if isinstance(step, AskStep):
        step = rebuilt(step, options={name: _sure(option, flow) for name, option in step.options.items()})
    if isinstance(step, ConverseStep):
        exits = {name: _sure(leave, flow) for name, leave in step.converse.exits.items()}
        step = rebuilt(step, converse=rebuilt(step.converse, exits=exits))
    if isinstance(step, Question):
        for word in ("no_input", "no_match"):
            own, usual = getattr(step, word), getattr(flow, word)
            settled = {field: _first(getattr(own, field), getattr(usual, field)) for field in type(own).model_fields}
            settled["then"] = settled["then"] or flow.gives_up
            step = rebuilt(step, **{word: rebuilt(own, **settled)})
        step = rebuilt(step, pauses=step.pauses.over(flow.pauses))
    return step


def _first(own: object, usual: object) -> object:
    return usual if own is None else own


def _sure(answer: Answer, flow: FlowBody) -> Answer:
    return answer if answer.confidence is not None else rebuilt(answer, confidence=flow.confidence)


def _renamed(step: StepBase, name: str, flow: FlowBody, under: str) -> StepBase:
    """The step with its ways out leading to steps below `under`."""
    here: Path = ("steps", name)
    alone = rebuilt(flow, steps={name: step}, commands={})
    for place, target in list(targets(alone, name)):
        if place[:2] == here:
            step = replaced(step, place[2:], under + target)
    return step
