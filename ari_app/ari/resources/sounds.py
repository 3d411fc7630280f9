"""ARI's operations on sounds.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.resources.base import Repository, Resource


class Sound(Resource):
    """Asterisk's `Sound`, with what can be done to it."""

    __slots__ = ()

    @property
    def data(self) -> models.Sound:
        """`json`, typed."""
        return models.Sound.from_json(self.json)

    async def get(self) -> Sound:
        """`GET /sounds/{soundId}`, since 12.0.0."""
        return await Sounds(self.link).get(self.id)


class Sounds(Repository):
    """Asterisk's sounds.json."""

    __slots__ = ()

    def of(self, soundId: str) -> Sound:
        """The Sound of this id, without asking Asterisk: only its id is known."""
        return Sound(self._link, {"id": soundId})

    async def list(self, *, lang: str | None = None, format: str | None = None) -> tuple[Sound, ...]:
        """`GET /sounds`, since 12.0.0."""
        answer = await self._link.ask("GET", "/sounds", query={"lang": lang, "format": format})
        return tuple(Sound(self._link, item) for item in answer.mappings())

    async def get(self, soundId: str) -> Sound:
        """`GET /sounds/{soundId}`, since 12.0.0."""
        answer = await self._link.ask("GET", f"/sounds/{segment(soundId)}")
        return Sound(self._link, answer.mapping())
