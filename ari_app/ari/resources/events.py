"""ARI's operations on events.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable

from ari_app.ari.address import segment
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Repository


class Events(Repository):
    """Asterisk's events.json."""

    __slots__ = ()

    async def userEvent(
        self,
        eventName: str,
        *,
        application: str,
        source: str | Iterable[str] | None = None,
        variables: Json | None = None,
    ) -> None:
        """`POST /events/user/{eventName}`, since 12.3.0.

        Refused with 400, 404, 422.
        """
        await self._link.ask(
            "POST",
            f"/events/user/{segment(eventName)}",
            query={"application": application, "source": source},
            body=None if variables is None else {"variables": variables},
        )

    async def claimChannel(self, *, channelId: str, application: str) -> None:
        """`POST /events/claim`, since 20.17.0.

        Refused with 404, 409.
        """
        await self._link.ask("POST", "/events/claim", query={"channelId": channelId, "application": application})
