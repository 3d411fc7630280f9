"""Asterisk's Swagger 1.1 files as plain values: only the facts that code is made from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESOURCES = (
    "applications",
    "asterisk",
    "bridges",
    "channels",
    "deviceStates",
    "endpoints",
    "events",
    "mailboxes",
    "playbacks",
    "recordings",
    "sounds",
)


class SwaggerError(ValueError):
    """A folder or file that is not Asterisk's rest-api."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `place` is path, query or body."""

    name: str
    place: str
    type: str
    required: bool
    multiple: bool
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `answer` is Swagger's response class."""

    nickname: str
    method: str
    path: str
    since: str
    answer: str
    parameters: tuple[Parameter, ...]
    errors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Property:
    """One field of a model."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Model:
    """One model, with the names of those derived from it."""

    name: str
    properties: tuple[Property, ...]
    subtypes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One file."""

    name: str
    operations: tuple[Operation, ...]
    models: tuple[Model, ...]


def read_api(folder: Path) -> tuple[Resource, ...]:
    """All resources of Asterisk's rest-api folder. Raises `SwaggerError`."""
    return tuple(_read(folder / f"{name}.json", name) for name in RESOURCES)


def _read(file: Path, name: str) -> Resource:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        operations = [_operation(api["path"], item) for api in document["apis"] for item in api.get("operations", ())]
        models = [_model(item) for item in document.get("models", {}).values()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SwaggerError(f"{file}: expected a Swagger 1.1 file of Asterisk: {error!r}") from error
    return Resource(name, tuple(item for item in operations if item), tuple(models))


def _operation(path: str, item: dict[str, Any]) -> Operation | None:
    if "upgrade" in item:
        return None
    return Operation(
        nickname=item["nickname"],
        method=item["httpMethod"],
        path=path,
        since=item["since"][0],
        answer=item["responseClass"],
        parameters=tuple(_parameter(each) for each in item.get("parameters", ())),
        errors=tuple(sorted({int(each["code"]) for each in item.get("errorResponses", ())})),
    )


def _parameter(item: dict[str, Any]) -> Parameter:
    allowed = item.get("allowableValues", {})
    return Parameter(
        name=item["name"],
        place=item["paramType"],
        type=item["dataType"],
        required=item["paramType"] == "path" or bool(item.get("required", False)),
        multiple=bool(item.get("allowMultiple", False)),
        choices=tuple(allowed["values"]) if allowed.get("valueType") == "LIST" else (),
    )


def _model(item: dict[str, Any]) -> Model:
    return Model(
        name=item["id"],
        properties=tuple(
            Property(name, each["type"], bool(each.get("required", False))) for name, each in item["properties"].items()
        ),
        subtypes=tuple(item.get("subTypes", ())),
    )


def element_of(swagger_type: str) -> str:
    """`List[Channel]` → `Channel`; "" where it is no list."""
    match = re.fullmatch(r"List\[(\w+)]", swagger_type)
    return match[1] if match else ""
