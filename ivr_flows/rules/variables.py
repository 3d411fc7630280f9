"""Variables: known, of one type, and filled before anything speaks of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr_flows.expressions import ExpressionError, names_in_expression
from ivr_flows.model.flow import CALLER, FlowBody
from ivr_flows.model.steps import AskStep, BranchStep, DigitsStep, ListenStep, LookupStep, SetStep
from ivr_flows.model.walk import Path, assignments, targets
from ivr_flows.problems import Problem
from ivr_flows.prompts.render import names_of
from ivr_flows.prompts.templates import TemplateError
from ivr_flows.rules.subject import Subject


def known(subject: Subject) -> Iterator[Problem]:
    """Prompts, conditions and lookups speak only of inputs and variables; templates are such that none can fail."""
    for way, body in subject.flows():
        there = {CALLER, *body.inputs, *(name for _, name, _ in assignments(body))}
        for place, names in _uses(subject, way, body):
            if isinstance(names, Problem):
                yield names
                continue
            for name in sorted(names - there):
                message = f"there is no input or variable {name!r}; known: {', '.join(sorted(there))}"
                yield subject.problem((*way, *place), "no-variable", message)


def one_type(subject: Subject) -> Iterator[Problem]:
    """A variable is of one type wherever it is filled, and no input is overwritten."""
    for way, body in subject.flows():
        first = dict(body.inputs)
        for place, name, value in assignments(body):
            if name in body.inputs or name == CALLER:
                yield subject.problem((*way, *place), "overwritten", f"{name!r} is an input and can't be filled here")
            elif name in first and first[name].type != value.type:
                message = f"{name!r} is {value.type} here and {first[name].type} elsewhere"
                yield subject.problem((*way, *place), "type", message)
            first.setdefault(name, value)


def filled_before_use(subject: Subject) -> Iterator[Problem]:
    """On every way to a step, what it speaks of has been filled; what is said anywhere speaks of inputs only."""
    for way, body in subject.flows():
        filled = {name for _, name, _ in assignments(body)}
        before = _filled_before(body)
        for place, names in _uses(subject, way, body):
            if isinstance(names, Problem):
                continue
            there = before.get(str(place[1]), filled) if place[0] == "steps" else frozenset()
            for name in sorted((names & filled) - there):
                message = f"{name!r} may have no value yet when the call comes here"
                yield subject.problem((*way, *place), "unfilled", message)


def _filled_before(body: FlowBody) -> Mapping[str, frozenset[str]]:
    """Per step that can be come to: the variables that are filled whichever way the call came."""
    before: dict[str, frozenset[str]] = {body.start: frozenset(), body.gives_up: frozenset()}
    ahead = [name for name in before if name in body.steps]
    while ahead:
        name = ahead.pop()
        for place, target in targets(body, name):
            if target not in body.steps:
                continue
            after = before[name] | _fills(body, name, place)
            known_before = before.get(target)
            now = after if known_before is None else known_before & after
            if now != known_before:
                before[target] = now
                ahead.append(target)
    return before


def _fills(body: FlowBody, name: str, place: Path) -> frozenset[str]:
    step = body.steps[name]
    if place[:2] != ("steps", name) or place[-1] != "next":
        return frozenset()
    filled: Iterable[str] = ()
    match step:
        case AskStep():
            filled = step.options[str(place[3])].set
        case DigitsStep():
            filled = (step.digits.into,)
        case ListenStep():
            filled = (step.listen.into,)
        case LookupStep():
            filled = step.lookup.gives
        case SetStep():
            filled = step.set
        case _:
            pass
    return frozenset(filled)


def _uses(subject: Subject, way: Path, body: FlowBody) -> Iterator[tuple[Path, frozenset[str] | Problem]]:
    for place, prompt in body.prompts:
        for language, line in prompt.root.items():
            here = (*place, language)
            try:
                yield here, names_of(line)
            except TemplateError as error:
                yield here, subject.problem((*way, *here), "template", str(error))
    for name, step in body.steps.items():
        if isinstance(step, BranchStep):
            for index, case in enumerate(step.branch):
                here = ("steps", name, "branch", index, "when")
                try:
                    yield here, names_in_expression(case.when)
                except ExpressionError as error:
                    yield here, subject.problem((*way, *here), "condition", str(error))
        if isinstance(step, LookupStep):
            for argument, variable in step.lookup.arguments.items():
                yield ("steps", name, "lookup", "arguments", argument), frozenset({variable})
