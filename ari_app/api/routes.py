"""The route table: the server and the OpenAPI document are both made from it."""

from __future__ import annotations

from ari_app.api.admin_routes import admin_routes
from ari_app.api.call_routes import call_routes
from ari_app.api.callback_routes import callback_routes
from ari_app.api.dependencies import Dependencies
from ari_app.api.dialling_routes import dialling_routes
from ari_app.api.orders import order_routes
from ari_app.api.route import Route
from ari_app.api.streaming import Streams
from ari_app.ops.settings import ApiSettings


def routes(dependencies: Dependencies, settings: ApiSettings, streams: Streams) -> tuple[Route, ...]:
    """All operations."""
    return (
        *call_routes(dependencies, settings, streams),
        *order_routes(dependencies),
        *admin_routes(dependencies),
        *callback_routes(dependencies),
        *dialling_routes(dependencies),
    )
