"""The OpenAPI 3.1 document, made from the route table and the models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ari_app.api.problem import MEDIA_TYPE, Problem
from ari_app.api.route import Route

_REF = "#/components/schemas/{model}"
_ALWAYS = (500, 503)
"""Problems that any route can have."""
_GUARDED = (401, 403, 429)
"""Those that any route behind a token can have."""
_OTHER: dict[str, dict[str, Any]] = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'id: 17\nevent: key\ndata: {"at":"2026-03-01T12:00:05Z","kind":"key","data":{"digit":"1"}}\n\n',
    },
    "audio/wav": {"schema": {"type": "string", "contentMediaType": "audio/wav"}},
}
"""What is said of answers that are no JSON."""
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
    if not route.open:
        operation["description"] = f"Needs a token with the scope `{route.scope}`."
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", route.path)]
    parameters += _query_parameters(route.query) if route.query else []
    parameters += [_KEY_HEADER] if route.idempotent else []
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        content = _content("application/json", route.body, route.body_example)
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    given = {status: _answer(route, status) for status in (route.status, *route.also)}
    refused = (*route.problems, *(() if route.open else _GUARDED), *_ALWAYS)
    problems = {status: _problem(status) for status in refused if status not in given}
    return {str(status): value for status, value in sorted((given | problems).items())}


def _answer(route: Route, status: int) -> dict[str, Any]:
    content = _content("application/json", route.answer, route.example) if route.answer else {}
    content |= {media_type: _OTHER.get(media_type, {}) for media_type in route.produces}
    return {"description": HTTPStatus(status).phrase} | ({"content": content} if content else {})


def _problem(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": _content(MEDIA_TYPE, Problem)}


def _content(media_type: str, model: type[BaseModel], example: Any = None) -> dict[str, Any]:
    shape: dict[str, Any] = {"schema": {"$ref": _REF.format(model=model.__name__)}}
    return {media_type: shape | ({} if example is None else {"example": example})}


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    needed = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed}
        | ({"description": shape.pop("description")} if "description" in shape else {})
        | {"schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _schemas(routes: Sequence[Route]) -> Mapping[str, Any]:
    taken = {route.body for route in routes if route.body}
    given = {route.answer for route in routes if route.answer} | {Problem}
    asked = {route.query for route in routes if route.query}
    models = sorted(
        [(model, "validation") for model in taken | asked] + [(model, "serialization") for model in given],
        key=lambda item: item[0].__name__,
    )
    _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
    return dict(definitions["$defs"])
