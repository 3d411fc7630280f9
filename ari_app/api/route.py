"""One operation of the API, as the server, the guards and the OpenAPI document are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from ari_app.ops.scopes import Scope

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing: not audited, and limited less."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `answer` None: it answers 204, or with `produces` alone."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    answer: type[BaseModel] | None = None
    scope: Scope = Scope.OPERATE
    """What the token must let its bearer do."""
    status: int = 200
    also: tuple[int, ...] = ()
    """Other statuses that answer with the same model."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    """Its query parameters: see `ari_app.api.body.parse_query`."""
    problems: tuple[int, ...] = ()
    """Statuses of problems, besides those that any route can have."""
    open: bool = False
    """Needs no token."""
    idempotent: bool = False
    """Takes an Idempotency-Key."""
    produces: tuple[str, ...] = ()
    """Media types that it answers with besides JSON."""
    streams: bool = False
    """Its answer lasts: the deadline is the handler's own."""
    body_example: Any = None
    example: Any = None
    """Of the answer."""

    @property
    def operation_id(self) -> str:
        """Its name in the document."""
        return self.handler.__name__
