"""ARI's operations on playbacks.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from typing import Literal

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.resources.base import Repository, Resource


class Playback(Resource):
    """Asterisk's `Playback`, with what can be done to it."""

    __slots__ = ()

    @property
    def data(self) -> models.Playback:
        """`json`, typed."""
        return models.Playback.from_json(self.json)

    async def get(self) -> Playback:
        """`GET /playbacks/{playbackId}`, since 12.0.0.

        Refused with 404.
        """
        return await Playbacks(self.link).get(self.id)

    async def stop(self) -> None:
        """`DELETE /playbacks/{playbackId}`, since 12.0.0.

        Refused with 404.
        """
        await Playbacks(self.link).stop(self.id)

    async def control(self, *, operation: Literal["restart", "pause", "unpause", "reverse", "forward"]) -> None:
        """`POST /playbacks/{playbackId}/control`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        await Playbacks(self.link).control(self.id, operation=operation)


class Playbacks(Repository):
    """Asterisk's playbacks.json."""

    __slots__ = ()

    def of(self, playbackId: str) -> Playback:
        """The Playback of this id, without asking Asterisk: only its id is known."""
        return Playback(self._link, {"id": playbackId})

    async def get(self, playbackId: str) -> Playback:
        """`GET /playbacks/{playbackId}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/playbacks/{segment(playbackId)}")
        return Playback(self._link, answer.mapping())

    async def stop(self, playbackId: str) -> None:
        """`DELETE /playbacks/{playbackId}`, since 12.0.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/playbacks/{segment(playbackId)}")

    async def control(
        self, playbackId: str, *, operation: Literal["restart", "pause", "unpause", "reverse", "forward"]
    ) -> None:
        """`POST /playbacks/{playbackId}/control`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        await self._link.ask("POST", f"/playbacks/{segment(playbackId)}/control", query={"operation": operation})
