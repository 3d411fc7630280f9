"""Answers: models as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from pydantic import BaseModel


def answer(model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A model as the body of an answer."""
    return web.Response(
        text=model.model_dump_json(by_alias=True), status=status, content_type="application/json", headers=headers
    )
