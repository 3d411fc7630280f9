"""Reads a flows file, and finds all that is wrong with it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr_flows.book import FlowBook
from ivr_flows.lint.subject import Subject
from ivr_flows.model import Flow, FlowBody
from ivr_flows.model import steps as step_models
from ivr_flows.model.base import KEY_PATTERN, NAME_PATTERN
from ivr_flows.model.file import FlowsFile, RouteSpec
from ivr_flows.model.prompts import SOUND_PATTERN
from ivr_flows.problems import FlowError, Level, Problem
from ivr_flows.project import Project
from ivr_flows.rules import RULES
from ivr_flows.yaml_loader import Document, parse_yaml


def load_flows(path: Path | str) -> FlowBook:
    """The flows of a file. Raises `FlowError` with all errors that were found."""
    path = Path(path)
    return parse_flows(_text(path), str(path), path.parent)


def parse_flows(text: str, file: str = "flows.yaml", folder: Path | None = None) -> FlowBook:
    """The flows in `text`. `folder`: where sound files are looked for; None leaves that out. Raises `FlowError`."""
    problems, content = _inspected(text, file, folder)
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if errors or content is None:
        raise FlowError(errors)
    flows = {name: Flow(name, body) for name, body in content.flows.items()}
    return FlowBook(flows, tuple(route.rule() for route in content.routes))


def check(path: Path | str) -> list[Problem]:
    """All problems of a flows file, errors and warnings, in its order; none for a good one."""
    path = Path(path)
    try:
        text = _text(path)
    except FlowError as error:
        return error.problems
    return check_text(text, str(path), path.parent)


def check_text(text: str, file: str = "flows.yaml", folder: Path | None = None) -> list[Problem]:
    """As `check`, of a text; `folder` as in `parse_flows`."""
    try:
        return sorted(_inspected(text, file, folder)[0])
    except FlowError as error:
        return error.problems


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"expected UTF-8 text: {error.reason}")]) from error


def _inspected(text: str, file: str, folder: Path | None) -> tuple[list[Problem], FlowsFile | None]:
    """All that is wrong with a file, and what of it has the right shape."""
    document = parse_yaml(text, file)
    shape, content = _validated(document)
    unread = {(problem.line, problem.column) for problem in document.problems}
    problems = document.problems + [problem for problem in shape if (problem.line, problem.column) not in unread]
    if content is not None:
        project = Project(
            content.flows, content.hours, content.knowledge, content.routes, frozenset(document.get(("flows",)))
        )
        subject = Subject(document, content, folder, project)
        problems += [problem for rule in RULES for problem in rule.problems(subject)]
    return problems, content


def _validated(document: Document) -> tuple[list[Problem], FlowsFile | None]:
    """What is wrong with the file's shape, and what can be looked at further: the flows whose own shape is right."""
    try:
        return [], FlowsFile.model_validate(document.value)
    except ValidationError as error:
        errors = error.errors()
        problems = [_problem(document, details) for details in errors if not _follows_from_another(details, errors)]
        return problems, _without(document, {details["loc"][:2] for details in errors})


def _follows_from_another(details: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """A list is called too short when its items were refused."""
    size = len(details["loc"])
    return details["type"] == "too_short" and any(
        len(other["loc"]) > size and other["loc"][:size] == details["loc"] for other in errors
    )


def _without(document: Document, broken: set[tuple[str | int, ...]]) -> FlowsFile | None:
    flows = document.value.get("flows") if isinstance(document.value, dict) else None
    if not isinstance(flows, dict):
        return None
    sound = {name: flow for name, flow in flows.items() if ("flows", name) not in broken}
    routes = () if any(place[0] == "routes" for place in broken if place) else document.get(("routes",)) or ()
    try:
        return FlowsFile.model_validate({"routes": routes, "flows": sound})
    except ValidationError:
        return None


def _problem(document: Document, details: ErrorDetails) -> Problem:
    path = details["loc"]
    rule, message = _explained(details)
    place = document.locate_key(path) if rule == "unknown-key" else document.locate(path)
    return Problem(document.file, *place, rule, message)


def _explained(details: ErrorDetails) -> tuple[str, str]:
    names = [name for name in details["loc"] if isinstance(name, str)]
    name, got = names[-1] if names else "file", details["input"]
    match details["type"]:
        case "extra_forbidden":
            return "unknown-key", _unknown_key(name)
        case "missing":
            return "missing-key", f"{name!r} is missing here"
        case "step_kind":
            keys = f"; got only {', '.join(got)}" if isinstance(got, dict) else ""
            return "step-kind", details["msg"] + keys
        case "string_pattern_mismatch":
            return "value", _mismatch(name, details["ctx"]["pattern"], got)
        case "value_error":
            return "value", details["msg"].removeprefix("Value error, ")
        case _:
            return "value", f"{name}: {_small(details['msg'])}, got {_shown(got)}"


def _mismatch(name: str, pattern: str, got: object) -> str:
    if pattern == KEY_PATTERN and got == "":
        return 'expected a key, got nothing; is it # without quotes? Write "#"'
    return f"expected {_PATTERNS.get(pattern, f'{name} of the form {pattern}')}, got {got!r}"


def _unknown_key(name: str) -> str:
    close = get_close_matches(name, sorted(_KEYS), n=1)
    return f"unknown key {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _small(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(".")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


_PATTERNS = {
    NAME_PATTERN: "a name of small letters, digits and _",
    KEY_PATTERN: "a key: 0-9, '*' or '#'",
    SOUND_PATTERN: "a .wav file, its path relative to the flows file",
}
_KEYS = {
    key
    for model in (FlowBody, FlowsFile, RouteSpec, *vars(step_models).values())
    if isinstance(model, type) and issubclass(model, BaseModel)
    for key in model.model_fields
}
