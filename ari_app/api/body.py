"""Request bodies: JSON, checked against a model, with every wrong field named."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from ari_app.api.problem import FieldError, ProblemError, invalid

_Model = TypeVar("_Model", bound=BaseModel)


async def read_json(request: web.Request) -> Any:
    """The body as JSON. Raises a problem for anything else, naming the place."""
    if request.content_type != "application/json":
        raise ProblemError(415, f"Expected Content-Type application/json, got {request.content_type}.")
    raw = await request.read()
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        _refuse_unstorable(json.dumps(body, ensure_ascii=False, allow_nan=False))
    except json.JSONDecodeError as error:
        raise ProblemError(
            400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise ProblemError(400, "The body is nested too deeply.") from error
    except ValueError as error:
        raise ProblemError(400, f"The body can't be read: {error}.") from error
    return body


def parse(model: type[_Model], body: Any) -> _Model:
    """The body as a model. Raises a 422 problem naming each wrong field."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise invalid([_field_error(item["loc"], item["msg"]) for item in error.errors()]) from error


def parse_query(model: type[_Model], request: web.Request) -> _Model:
    """The query parameters as a model. Raises a 422 problem naming each wrong one."""
    twice = [name for name in request.query if len(request.query.getall(name)) > 1]
    if twice:
        raise invalid([FieldError(field=name, message="expected it once") for name in sorted(set(twice))])
    return parse(model, dict(request.query))


def digest(body: Any) -> str:
    """A hash of what the body says, whatever its layout: tells a repeated request from another one."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _field_error(location: tuple[int | str, ...], message: str) -> FieldError:
    return FieldError(field=".".join(map(str, location)) or "body", message=message)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _refuse_unstorable(text: str) -> None:
    """What no database keeps as text: NUL, and halves of surrogate pairs."""
    if "\\u0000" in text:
        raise ValueError("it holds a NUL character")
    text.encode("utf-8")
