"""Flows that are run fit the flow that runs them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import flows_within, unknown
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import DecideStep, OptOutStep, RunStep
from ivr_flows.model.walk import Path


@rule(
    "run",
    reason="The other flow could not begin, could not end, or would take a decision that this flow must answer for.",
    fix="Name a flow that speaks this flow's languages and does not decide, give its inputs, and a step for each end.",
)
def run(subject: Subject) -> Iterator[Finding]:
    """A flow that is run is there, comes to an end that is known, and has what it needs."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, RunStep):
                for place, message in _misfits(subject, body, step):
                    yield subject.at((*way, "steps", name, "run", *place), message)


def _misfits(subject: Subject, body: FlowBody, step: RunStep) -> Iterator[tuple[Path, str]]:
    other = subject.project.flows.get(step.run.flow)
    written = list(subject.project.written.get("flows", ()))
    if other is None:
        if step.run.flow not in written:
            yield ("flow",), unknown("flow", step.run.flow, written)
        return
    if body is other or body in flows_within(other, subject.project.flows):
        yield ("flow",), f"{step.run.flow!r} runs this flow again: the call would never end"
        return
    if any(isinstance(inner, DecideStep) for inner in other.steps.values()):
        yield ("flow",), f"{step.run.flow!r} decides; a flow that is run ends with an outcome, and this one decides"
    if any(isinstance(inner, OptOutStep) for inner in other.steps.values()):
        yield (
            ("flow",),
            f"{step.run.flow!r} opts out; a flow that is run ends with an outcome, and this one ends the call",
        )
    if missing := [language for language in body.languages if language not in other.languages]:
        yield ("flow",), f"{step.run.flow!r} does not speak {', '.join(missing)}"
    yield from _unfit_inputs(body, step, other)
    for outcome in other.outcomes:
        if outcome not in step.run.then:
            yield ("then",), f"{step.run.flow!r} can end with {outcome!r}: expected a step for it"
    for outcome in step.run.then:
        if outcome not in other.outcomes:
            yield ("then", outcome), unknown("outcome", outcome, other.outcomes)


def _unfit_inputs(body: FlowBody, step: RunStep, other: FlowBody) -> Iterator[tuple[Path, str]]:
    for given in step.run.inputs:
        if given not in other.inputs:
            yield ("inputs", given), unknown("input", given, other.inputs) if other.inputs else "it takes no inputs"
    for name, value in other.inputs.items():
        if value.needed and name not in step.run.inputs and name not in body.inputs:
            yield ("flow",), f"{step.run.flow!r} needs the input {name!r}"
