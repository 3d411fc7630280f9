"""Names that are used must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import DecideStep, HangUpStep
from ivr_flows.model.walk import Path, targets
from ivr_flows.problems import Problem
from ivr_flows.rules.subject import Subject


def targets_exist(subject: Subject) -> Iterator[Problem]:
    """Every `next`, `then`, `failed` … names a step."""
    for way, body in subject.flows():
        found = dict(_all_targets(body))
        for place, target in found.items():
            if target not in body.steps:
                yield subject.problem((*way, *place), "no-step", _unknown("step", target, body.steps))


def _all_targets(body: FlowBody) -> Iterator[tuple[Path, str]]:
    yield ("start",), body.start
    yield ("gives_up",), body.gives_up
    for place, target in (
        (("no_input", "then"), body.no_input.then),
        (("no_match", "then"), body.no_match.then),
        (("decisions", "already"), body.decisions.already),
        (("decisions", "failed"), body.decisions.failed),
        *((("commands", name, "next"), command.next) for name, command in body.commands.items()),
    ):
        if target:
            yield place, target
    for name in body.steps:
        yield from targets(body, name)


def outcomes_exist(subject: Subject) -> Iterator[Problem]:
    """Every `decide`, `hang_up` and `on_hang_up` names an outcome of the flow."""
    for way, body in subject.flows():
        for place, outcome in _outcomes(body):
            if outcome not in body.outcomes:
                yield subject.problem((*way, *place), "no-outcome", _unknown("outcome", outcome, body.outcomes))


def _outcomes(body: FlowBody) -> Iterator[tuple[Path, str]]:
    yield ("on_hang_up",), body.on_hang_up
    for name, step in body.steps.items():
        if step.on_hang_up:
            yield ("steps", name, "on_hang_up"), step.on_hang_up
        if isinstance(step, DecideStep):
            yield ("steps", name, "decide"), step.decide
        if isinstance(step, HangUpStep):
            yield ("steps", name, "hang_up"), step.hang_up


def giving_up_hangs_up(subject: Subject) -> Iterator[Problem]:
    """A caller who can't be understood is let go, so `gives_up` must be a hang_up step."""
    for way, body in subject.flows():
        step = body.steps.get(body.gives_up)
        if step and not isinstance(step, HangUpStep):
            message = f"expected a step that hangs up, got {body.gives_up!r}, which does not"
            yield subject.problem((*way, "gives_up"), "gives-up", message)


def decisions_have_ways(subject: Subject) -> Iterator[Problem]:
    """A decision can come too late or fail: where the call goes then must be said."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if not isinstance(step, DecideStep):
                continue
            for word, own, usual in (
                ("already", step.already, body.decisions.already),
                ("failed", step.failed, body.decisions.failed),
            ):
                if not own and not usual:
                    message = f"expected {word!r} here, or under the flow's `decisions`: the step that follows then"
                    yield subject.problem((*way, "steps", name, "decide"), "decision", message)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"there is no {what} {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}")
