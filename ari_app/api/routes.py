"""The route table: the server and the OpenAPI document are both made from it."""

from __future__ import annotations

from ari_app.api.admin import Admin
from ari_app.api.calls import Calls
from ari_app.api.dependencies import Dependencies
from ari_app.api.models import ActiveCalls, CallAccepted, CallView, Events, FlowsTaken, Health, InitiateCall
from ari_app.api.route import Route
from ari_app.ops.scopes import Scope


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
            Scope.CALLS,
            status=202,
            body=InitiateCall,
            problems=(400, 413, 415, 422),
            idempotent=True,
        ),
        Route("GET", "/api/voice/calls/{id}", calls.show, "A call as it stands", CallView, Scope.READ, problems=(404,)),
        Route(
            "GET", "/api/voice/calls/{id}/events", calls.events, "A call's history", Events, Scope.READ, problems=(404,)
        ),
        Route("GET", "/admin/calls/active", admin.active, "The calls that have not ended", ActiveCalls, Scope.READ),
        Route(
            "POST", "/admin/flows/reload", admin.reload_flows, "Take the flows as edited", FlowsTaken, problems=(422,)
        ),
        Route("GET", "/healthz", admin.health, "Whether calls can be taken and made", Health, also=(503,), open=True),
    )
