"""The OpenAPI document without a server: for docs/openapi.json, and who generates clients."""

from __future__ import annotations

from typing import Any, cast

from ari_app.api.dependencies import Dependencies
from ari_app.api.openapi import document
from ari_app.api.routes import routes
from ari_app.api.streaming import Streams
from ari_app.ops.settings import ApiSettings


class Nothing:
    """Stands for what handlers are given: they are named here, and never called."""

    def __getattr__(self, _name: str) -> Nothing:
        return self


def described(version: str) -> dict[str, Any]:
    """The document of a Mercury with the settings' defaults."""
    nothing = cast("Dependencies", Nothing())
    return document(routes(nothing, ApiSettings.model_validate({}), Streams(nothing, 1)), version)
