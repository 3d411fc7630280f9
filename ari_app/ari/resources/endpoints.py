"""ARI's operations on endpoints.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Repository, Resource


class Endpoint(Resource):
    """Asterisk's `Endpoint`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("technology", "resource")

    @property
    def data(self) -> models.Endpoint:
        """`json`, typed."""
        return models.Endpoint.from_json(self.json)

    async def get(self) -> Endpoint:
        """`GET /endpoints/{tech}/{resource}`, since 12.0.0.

        Refused with 400, 404.
        """
        return await Endpoints(self.link).get(self.part("technology"), self.part("resource"))

    async def sendMessageToEndpoint(
        self, *, from_: str, body: str | None = None, variables: Json | None = None
    ) -> None:
        """`PUT /endpoints/{tech}/{resource}/sendMessage`, since 13.0.0.

        Refused with 400, 404.
        """
        await Endpoints(self.link).sendMessageToEndpoint(
            self.part("technology"), self.part("resource"), from_=from_, body=body, variables=variables
        )

    async def referToEndpoint(
        self, *, from_: str, refer_to: str, to_self: bool | None = None, variables: Json | None = None
    ) -> None:
        """`POST /endpoints/{tech}/{resource}/refer`, since 18.20.0.

        Refused with 400, 404.
        """
        await Endpoints(self.link).referToEndpoint(
            self.part("technology"),
            self.part("resource"),
            from_=from_,
            refer_to=refer_to,
            to_self=to_self,
            variables=variables,
        )


class Endpoints(Repository):
    """Asterisk's endpoints.json."""

    __slots__ = ()

    def of(self, tech: str, resource: str) -> Endpoint:
        """The Endpoint of this id, without asking Asterisk: only its id is known."""
        return Endpoint(self._link, {"technology": tech, "resource": resource})

    async def list(self) -> tuple[Endpoint, ...]:
        """`GET /endpoints`, since 12.0.0."""
        answer = await self._link.ask("GET", "/endpoints")
        return tuple(Endpoint(self._link, item) for item in answer.mappings())

    async def sendMessage(self, *, to: str, from_: str, body: str | None = None, variables: Json | None = None) -> None:
        """`PUT /endpoints/sendMessage`, since 13.0.0.

        Refused with 400, 404.
        """
        await self._link.ask(
            "PUT",
            "/endpoints/sendMessage",
            query={"to": to, "from": from_, "body": body},
            body=None if variables is None else {"variables": variables},
        )

    async def refer(
        self, *, to: str, from_: str, refer_to: str, to_self: bool | None = None, variables: Json | None = None
    ) -> None:
        """`POST /endpoints/refer`, since 18.20.0.

        Refused with 400, 404.
        """
        await self._link.ask(
            "POST",
            "/endpoints/refer",
            query={"to": to, "from": from_, "refer_to": refer_to, "to_self": to_self},
            body=None if variables is None else {"variables": variables},
        )

    async def listByTech(self, tech: str) -> tuple[Endpoint, ...]:
        """`GET /endpoints/{tech}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/endpoints/{segment(tech)}")
        return tuple(Endpoint(self._link, item) for item in answer.mappings())

    async def get(self, tech: str, resource: str) -> Endpoint:
        """`GET /endpoints/{tech}/{resource}`, since 12.0.0.

        Refused with 400, 404.
        """
        answer = await self._link.ask("GET", f"/endpoints/{segment(tech)}/{segment(resource)}")
        return Endpoint(self._link, answer.mapping())

    async def sendMessageToEndpoint(
        self, tech: str, resource: str, *, from_: str, body: str | None = None, variables: Json | None = None
    ) -> None:
        """`PUT /endpoints/{tech}/{resource}/sendMessage`, since 13.0.0.

        Refused with 400, 404.
        """
        await self._link.ask(
            "PUT",
            f"/endpoints/{segment(tech)}/{segment(resource)}/sendMessage",
            query={"from": from_, "body": body},
            body=None if variables is None else {"variables": variables},
        )

    async def referToEndpoint(
        self,
        tech: str,
        resource: str,
        *,
        from_: str,
        refer_to: str,
        to_self: bool | None = None,
        variables: Json | None = None,
    ) -> None:
        """`POST /endpoints/{tech}/{resource}/refer`, since 18.20.0.

        Refused with 400, 404.
        """
        await self._link.ask(
            "POST",
            f"/endpoints/{segment(tech)}/{segment(resource)}/refer",
            query={"from": from_, "refer_to": refer_to, "to_self": to_self},
            body=None if variables is None else {"variables": variables},
        )
