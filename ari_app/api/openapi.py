"""The OpenAPI 3.1 document, made from the route table and the models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ari_app.api.problem import MEDIA_TYPE, Problem
from ari_app.api.routes import Route

_REF = "#/components/schemas/{model}"
_ALWAYS = (500, 503)
"""Problems that any route can have."""
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Up to 255 visible ASCII characters. The same key and body: the same call. Another body: 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mercury",
            "version": version,
            "description": "Phone calls for a marketplace: have calls made, see what became of them.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "summary": route.summary,
        "security": [] if route.open else [{"token": []}],
        "responses": _responses(route),
    }
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", route.path)]
    parameters += [_KEY_HEADER] if route.idempotent else []
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": True, "content": _content("application/json", route.body)}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    given = {status: _response(status, "application/json", route.answer) for status in (route.status, *route.also)}
    refused = (*route.problems, *(() if route.open else (401,)), *_ALWAYS)
    problems = {status: _response(status, MEDIA_TYPE, Problem) for status in refused if status not in given}
    return {str(status): value for status, value in sorted((given | problems).items())}


def _response(status: int, media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": _content(media_type, model)}


def _content(media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _schemas(routes: Sequence[Route]) -> Mapping[str, Any]:
    taken = {route.body for route in routes if route.body}
    given = {route.answer for route in routes} | {Problem}
    models = sorted(
        [(model, "validation") for model in taken] + [(model, "serialization") for model in given],
        key=lambda item: item[0].__name__,
    )
    _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
    return dict(definitions["$defs"])
