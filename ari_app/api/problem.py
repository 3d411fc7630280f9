"""Errors as RFC 9457 problem details: `application/problem+json`, whatever went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel, Field

_NAMED, _SHOWN = 20, 100
MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field that is wrong."""

    field: str = Field(description="Path of the field, e.g. inputs.total.")
    message: str = Field(description="What was expected.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = Field(default_factory=list, description="The fields that are wrong.")


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def invalid(errors: Sequence[FieldError]) -> ProblemError:
    """The answer to a request that was understood and can't be accepted; a hundred wrong fields are named."""
    names = ", ".join(error.field for error in errors[:_NAMED]) + (" …" if len(errors) > _NAMED else "")
    return ProblemError(422, f"The request can't be accepted: see {names}.", errors=errors[:_SHOWN])


def response(error: ProblemError) -> web.Response:
    """The HTTP answer."""
    problem = Problem(
        title=HTTPStatus(error.status).phrase, status=error.status, detail=error.detail, errors=error.errors
    )
    body = json.dumps(problem.model_dump(), ensure_ascii=False)
    return web.Response(text=body, status=error.status, content_type=MEDIA_TYPE, headers=error.headers)


def from_http(error: web.HTTPException) -> ProblemError:
    """A problem of what aiohttp itself refuses (404, 405, 413 …)."""
    kept = {name: value for name, value in error.headers.items() if name in ("Allow", "Retry-After")}
    details = {
        404: "There is nothing at this address; see /openapi.json.",
        405: f"Expected {kept.get('Allow', 'another method')}.",
        413: error.text or "The body is too large.",
    }
    return ProblemError(error.status, details.get(error.status, error.reason), headers=kept)
