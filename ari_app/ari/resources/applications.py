"""ARI's operations on applications.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Repository, Resource


class Application(Resource):
    """Asterisk's `Application`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("name",)

    @property
    def data(self) -> models.Application:
        """`json`, typed."""
        return models.Application.from_json(self.json)

    async def get(self) -> Application:
        """`GET /applications/{applicationName}`, since 13.0.0.

        Refused with 404.
        """
        return await Applications(self.link).get(self.id)

    async def subscribe(self, *, eventSource: str | Iterable[str]) -> Application:
        """`POST /applications/{applicationName}/subscription`, since 13.0.0.

        Refused with 400, 404, 422.
        """
        return await Applications(self.link).subscribe(self.id, eventSource=eventSource)

    async def unsubscribe(self, *, eventSource: str | Iterable[str]) -> Application:
        """`DELETE /applications/{applicationName}/subscription`, since 13.0.0.

        Refused with 400, 404, 409, 422.
        """
        return await Applications(self.link).unsubscribe(self.id, eventSource=eventSource)

    async def filter(self, *, filter: Json | None = None) -> Application:
        """`PUT /applications/{applicationName}/eventFilter`, since 13.26.0.

        Refused with 400, 404.
        """
        return await Applications(self.link).filter(self.id, filter=filter)


class Applications(Repository):
    """Asterisk's applications.json."""

    __slots__ = ()

    def of(self, applicationName: str) -> Application:
        """The Application of this id, without asking Asterisk: only its id is known."""
        return Application(self._link, {"name": applicationName})

    async def list(self) -> tuple[Application, ...]:
        """`GET /applications`, since 13.0.0."""
        answer = await self._link.ask("GET", "/applications")
        return tuple(Application(self._link, item) for item in answer.mappings())

    async def get(self, applicationName: str) -> Application:
        """`GET /applications/{applicationName}`, since 13.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/applications/{segment(applicationName)}")
        return Application(self._link, answer.mapping())

    async def subscribe(self, applicationName: str, *, eventSource: str | Iterable[str]) -> Application:
        """`POST /applications/{applicationName}/subscription`, since 13.0.0.

        Refused with 400, 404, 422.
        """
        answer = await self._link.ask(
            "POST", f"/applications/{segment(applicationName)}/subscription", query={"eventSource": eventSource}
        )
        return Application(self._link, answer.mapping())

    async def unsubscribe(self, applicationName: str, *, eventSource: str | Iterable[str]) -> Application:
        """`DELETE /applications/{applicationName}/subscription`, since 13.0.0.

        Refused with 400, 404, 409, 422.
        """
        answer = await self._link.ask(
            "DELETE", f"/applications/{segment(applicationName)}/subscription", query={"eventSource": eventSource}
        )
        return Application(self._link, answer.mapping())

    async def filter(self, applicationName: str, *, filter: Json | None = None) -> Application:
        """`PUT /applications/{applicationName}/eventFilter`, since 13.26.0.

        Refused with 400, 404.
        """
        answer = await self._link.ask("PUT", f"/applications/{segment(applicationName)}/eventFilter", body=filter)
        return Application(self._link, answer.mapping())
