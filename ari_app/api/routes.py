"""The route table: the server and the OpenAPI document are both made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from ari_app.api.admin import Admin
from ari_app.api.calls import Calls
from ari_app.api.dependencies import Dependencies
from ari_app.api.models import ActiveCalls, CallAccepted, CallView, Events, FlowsTaken, Health, InitiateCall


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    answer: type[BaseModel]
    status: int = 200
    also: tuple[int, ...] = ()
    """Other statuses that answer with the same model."""
    body: type[BaseModel] | None = None
    problems: tuple[int, ...] = ()
    """Statuses of problems, besides those that any route can have."""
    open: bool = False
    """Needs no token."""
    idempotent: bool = False
    """Takes an Idempotency-Key."""

    @property
    def operation_id(self) -> str:
        """Its name in the document."""
        return self.handler.__name__


def routes(dependencies: Dependencies) -> tuple[Route, ...]:
    """All operations."""
    calls, admin = Calls(dependencies), Admin(dependencies)
    return (
        Route(
            "POST",
            "/api/voice/call/initiate",
            calls.initiate,
            "Have a call made",
            CallAccepted,
            status=202,
            body=InitiateCall,
            problems=(400, 413, 415, 422),
            idempotent=True,
        ),
        Route("GET", "/api/voice/calls/{id}", calls.show, "A call as it stands", CallView, problems=(404,)),
        Route("GET", "/api/voice/calls/{id}/events", calls.events, "A call's history", Events, problems=(404,)),
        Route("GET", "/admin/calls/active", admin.active, "The calls that have not ended", ActiveCalls),
        Route(
            "POST", "/admin/flows/reload", admin.reload_flows, "Take the flows as edited", FlowsTaken, problems=(422,)
        ),
        Route("GET", "/healthz", admin.health, "Whether calls can be taken and made", Health, also=(503,), open=True),
    )
