"""The operations on callbacks and on the addresses they go to."""

from __future__ import annotations

from typing import Any

from ari_app.api.callback_models import (
    CallbackDetail,
    CallbackLine,
    CallbackPage,
    CallbackQuery,
    EnableEndpoint,
    EndpointEnabled,
    Endpoints,
    ResendCallbacks,
    Resent,
)
from ari_app.api.callbacks import Callbacks
from ari_app.api.dependencies import Dependencies
from ari_app.api.route import Route

_BODY = (400, 413, 415, 422)
_AT, _URL = "2026-03-01T12:00:31Z", "https://jupiter.example/voice/results"
_LINE: dict[str, Any] = {
    "id": "msg_01k3",
    "call_id": "call_5f0c2a",
    "type": "call.result",
    "seq": 1,
    "url": _URL,
    "status": "dead",
    "attempts": 13,
    "last_error": "HTTP 500",
    "node": "node-1",
    "created_at": _AT,
    "next_at": None,
    "ended_at": _AT,
}
_DELIVERY = {"at": _AT, "http_status": 500, "error": "HTTP 500", "took_ms": 31}


def callback_routes(dependencies: Dependencies) -> tuple[Route, ...]:
    """What became of results, and the dead letters."""
    callbacks = Callbacks(dependencies)
    return (
        Route(
            "GET",
            "/admin/callbacks",
            callbacks.list_callbacks,
            "Callbacks, newest first",
            CallbackPage,
            query=CallbackQuery,
            problems=(422,),
            example={"callbacks": [_LINE], "next": None},
        ),
        Route(
            "POST",
            "/admin/callbacks/resend",
            callbacks.resend_callbacks,
            "Send dead letters again",
            Resent,
            status=202,
            body=ResendCallbacks,
            problems=_BODY,
            body_example={"type": "call.result", "limit": 100},
            example={"ids": ["msg_01k3"]},
        ),
        Route(
            "GET",
            "/admin/callbacks/{id}",
            callbacks.show_callback,
            "A callback, with every attempt",
            CallbackDetail,
            problems=(404,),
            example={**_LINE, "body": {"type": "call.result", "data": {}}, "deliveries": [_DELIVERY]},
        ),
        Route(
            "POST",
            "/admin/callbacks/{id}/resend",
            callbacks.resend_callback,
            "Send a callback again",
            CallbackLine,
            status=202,
            problems=(404,),
            example=_LINE | {"status": "pending", "ended_at": None},
        ),
        Route(
            "GET",
            "/admin/endpoints",
            callbacks.list_endpoints,
            "Addresses that asked for no more",
            Endpoints,
            example={"endpoints": [{"url": _URL, "disabled_at": _AT, "reason": "410"}]},
        ),
        Route(
            "POST",
            "/admin/endpoints/enable",
            callbacks.enable_endpoint,
            "Send to an address again",
            EndpointEnabled,
            body=EnableEndpoint,
            problems=(*_BODY, 404),
            body_example={"url": "https://jupiter.example/voice/results", "resend": True},
            example={"url": "https://jupiter.example/voice/results", "resent": ["msg_01k3"]},
        ),
    )
