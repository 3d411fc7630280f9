"""The shape of a flows file: what is wrong with it, in an author's words, and what of it can be looked at further."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr_flows.model import FlowBody
from ivr_flows.model import steps as step_models
from ivr_flows.model.base import KEY_PATTERN, NAME_PATTERN
from ivr_flows.model.file import FlowsFile, RouteSpec
from ivr_flows.model.hours import DAYS_PATTERN, SPAN_PATTERN, HoursSpec
from ivr_flows.model.prompts import SOUND_PATTERN
from ivr_flows.problems import Problem
from ivr_flows.yaml_loader import Document


def validated(document: Document) -> tuple[list[Problem], FlowsFile | None]:
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
    """The file without its broken flows, hours and collections, and without its routes or includes if one is broken."""
    if not isinstance(document.value, dict) or () in broken:
        return None
    sections = {place[0] for place in broken}
    sound = {name: part for name, part in document.value.items() if name not in sections}
    for name in sections & _BY_NAME:
        if isinstance(part := document.value.get(str(name)), dict):
            sound[str(name)] = {key: value for key, value in part.items() if (name, key) not in broken}
    try:
        return FlowsFile.model_validate(sound)
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


_BY_NAME = frozenset({"flows", "hours", "knowledge"})
_PATTERNS = {
    NAME_PATTERN: "a name of small letters, digits and _",
    KEY_PATTERN: "a key: 0-9, '*' or '#'",
    SOUND_PATTERN: "a .wav file, its path relative to the flows file",
    SPAN_PATTERN: "hours such as 09:00-21:00",
    DAYS_PATTERN: "days such as mon-fri or sat",
}
_KEYS = {
    key
    for model in (FlowBody, FlowsFile, HoursSpec, RouteSpec, *vars(step_models).values())
    if isinstance(model, type) and issubclass(model, BaseModel)
    for key in model.model_fields
}
