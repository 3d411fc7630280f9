"""Reads files of test cases; every mistake with its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ivr_flows.cases.model import Act, Case, CaseFile, Expect, Given, Idea, Sent, Submission, Talk, Unfinished
from ivr_flows.loader import load_flows
from ivr_flows.model import Flow
from ivr_flows.problems import FlowError, InputError, Problem
from ivr_flows.yaml_loader import Document, read_yaml
from ivr_flows.yaml_loader import Path as Place

_MODELS = (Act, Case, CaseFile, Expect, Given, Idea, Sent, Submission, Talk, Unfinished)
_KEYS = sorted({key for model in _MODELS for key in model.model_fields})


@dataclass(frozen=True)
class LoadedCase:
    """A case with its flow, and where it is written."""

    case: Case
    flow: Flow
    given: Given
    index: int
    document: Document

    def problem(self, message: str, *place: str | int) -> Problem:
        """A problem at `place` below the case."""
        return self.document.problem(("cases", self.index, *place), "case", message)


@dataclass(frozen=True, slots=True)
class CaseBook:
    """The cases of one file, and the flows that they are about."""

    file: Path
    flows_file: Path
    flows: dict[str, Flow]
    cases: tuple[LoadedCase, ...]


def load_cases(path: Path) -> CaseBook:
    """The cases of a file. Raises `FlowError` with all problems, those of its flows file among them."""
    document = read_yaml(_text(path), str(path))
    try:
        content = CaseFile.model_validate(document.value)
    except ValidationError as error:
        raise FlowError(_misshapen(document, error.errors())) from error
    flows_file = path.parent / content.flows
    flows = dict(load_flows(flows_file).flows)
    if problems := list(_unfit(document, content, flows)):
        raise FlowError(problems)
    cases = tuple(
        LoadedCase(case, flows[case.flow], _given(content, case), index, document)
        for index, case in enumerate(content.cases)
    )
    return CaseBook(path, flows_file, flows, cases)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"expected UTF-8 text: {error.reason}")]) from error


def _given(content: CaseFile, case: Case) -> Given:
    return case.given.over(content.given.get(case.flow, Given()))


def _unfit(document: Document, content: CaseFile, flows: dict[str, Flow]) -> Iterator[Problem]:
    """Flows, inputs and languages that don't fit; and two cases of one name and flow."""
    names: set[tuple[str, str]] = set()
    for index, case in enumerate(content.cases):
        here: Place = ("cases", index)
        if (case.flow, case.name) in names:
            yield document.problem((*here, "name"), "case", f"two cases of {case.flow} are called {case.name!r}")
        names.add((case.flow, case.name))
        if flow := flows.get(case.flow):
            yield from _unfit_given(document, flow, _given(content, case), here)
            yield from _unfit_names(document, flow, case, here)
        else:
            known = f"expected a flow of {content.flows}: {', '.join(flows)}; got {case.flow!r}"
            yield document.problem((*here, "flow"), "case", known)


def _unfit_given(document: Document, flow: Flow, given: Given, here: Place) -> Iterator[Problem]:
    for word, check in (
        ("inputs", lambda: flow.check_inputs(given.inputs or {})),
        ("language", lambda: flow.check_language(given.language or "")),
    ):
        try:
            check()
        except InputError as error:
            yield document.problem((*here, "given", word), "case", str(error))


def _unfit_names(document: Document, flow: Flow, case: Case, here: Place) -> Iterator[Problem]:
    outcome = case.expect.outcome
    if outcome and outcome not in flow.outcomes:
        message = f"{flow.name} has no outcome {outcome!r}; expected one of {', '.join(flow.outcomes)}"
        yield document.problem((*here, "expect", "outcome"), "case", message)
    for index, act in enumerate(case.steps):
        if act.step and act.step not in flow.steps:
            close = get_close_matches(act.step, flow.steps, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield document.problem((*here, "steps", index, "step"), "case", f"no step {act.step!r}{hint}")


def _misshapen(document: Document, errors: list[ErrorDetails]) -> Iterator[Problem]:
    """What has the wrong shape. Where one of several shapes could be, one problem tells of all of them."""
    by_place: dict[Place, list[ErrorDetails]] = {}
    for details in errors:
        by_place.setdefault(_written(document, details["loc"]), []).append(details)
    for place, found in by_place.items():
        below = any(other[: len(place)] == place for other in by_place if other != place)
        other_shapes = [details for details in found if details["type"] in _SHAPES]
        if below and len(other_shapes) == len(found):
            continue
        if len(other_shapes) > 1:
            shapes = " or ".join(_shape(details) for details in reversed(other_shapes))
            message = f"{place[-1]}: expected {shapes}; got {document.get(place)!r}"
            yield document.problem(place, "value", message)
        else:
            yield from (_problem(document, details, place) for details in found)


_SHAPES: Mapping[str, str] = {
    "literal_error": "{expected}",
    "dict_type": "fields",
    "model_type": "fields",
    "mapping_type": "fields",
}


def _shape(details: ErrorDetails) -> str:
    return _SHAPES[details["type"]].format(**details.get("ctx", {}))


def _written(document: Document, place: Place) -> Place:
    """The part of a place that is there in the document, or would be; names of shapes are none of it."""
    node: object = document.value
    found: Place = ()
    for name in place:
        child = None
        if isinstance(node, dict):
            child = node.get(str(name))
        elif isinstance(node, list) and isinstance(name, int) and name < len(node):
            child = node[name]
        if child is not None:
            node, found = child, (*found, name)
    return found


def _problem(document: Document, details: ErrorDetails, place: Place) -> Problem:
    path = details["loc"]
    name = next((part for part in reversed(path) if isinstance(part, str)), "file")
    match details["type"]:
        case "extra_forbidden":
            close = get_close_matches(name, _KEYS, n=1)
            message = f"unknown key {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
            return Problem(document.file, *document.locate_key(path), "unknown-key", message)
        case "missing":
            return document.problem(path, "missing-key", f"{name!r} is missing here")
        case "value_error":
            return document.problem(path, "value", details["msg"].removeprefix("Value error, "))
        case _:
            shown = next((part for part in reversed(place) if isinstance(part, str)), "file")
            message = details["msg"][:1].lower() + details["msg"][1:]
            return document.problem(path, "value", f"{shown}: {message}")
