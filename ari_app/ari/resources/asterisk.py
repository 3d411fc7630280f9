"""ARI's operations on asterisk.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Repository


class Asterisk(Repository):
    """Asterisk's asterisk.json."""

    __slots__ = ()

    async def getObject(self, configClass: str, objectType: str, id: str) -> tuple[models.ConfigTuple, ...]:
        """`GET /asterisk/config/dynamic/{configClass}/{objectType}/{id}`, since 13.5.0.

        Refused with 404.
        """
        answer = await self._link.ask(
            "GET", f"/asterisk/config/dynamic/{segment(configClass)}/{segment(objectType)}/{segment(id)}"
        )
        return answer.models(models.ConfigTuple)

    async def updateObject(
        self, configClass: str, objectType: str, id: str, *, fields: Iterable[Json] | None = None
    ) -> tuple[models.ConfigTuple, ...]:
        """`PUT /asterisk/config/dynamic/{configClass}/{objectType}/{id}`, since 13.5.0.

        Refused with 400, 403, 404.
        """
        answer = await self._link.ask(
            "PUT",
            f"/asterisk/config/dynamic/{segment(configClass)}/{segment(objectType)}/{segment(id)}",
            body=None if fields is None else {"fields": list(fields)},
        )
        return answer.models(models.ConfigTuple)

    async def deleteObject(self, configClass: str, objectType: str, id: str) -> None:
        """`DELETE /asterisk/config/dynamic/{configClass}/{objectType}/{id}`, since 13.5.0.

        Refused with 403, 404.
        """
        await self._link.ask(
            "DELETE", f"/asterisk/config/dynamic/{segment(configClass)}/{segment(objectType)}/{segment(id)}"
        )

    async def getInfo(self, *, only: str | Iterable[str] | None = None) -> models.AsteriskInfo:
        """`GET /asterisk/info`, since 12.0.0."""
        answer = await self._link.ask("GET", "/asterisk/info", query={"only": only})
        return answer.model(models.AsteriskInfo)

    async def ping(self) -> models.AsteriskPing:
        """`GET /asterisk/ping`, since 13.25.0."""
        answer = await self._link.ask("GET", "/asterisk/ping")
        return answer.model(models.AsteriskPing)

    async def listModules(self) -> tuple[models.Module, ...]:
        """`GET /asterisk/modules`, since 13.5.0."""
        answer = await self._link.ask("GET", "/asterisk/modules")
        return answer.models(models.Module)

    async def getModule(self, moduleName: str) -> models.Module:
        """`GET /asterisk/modules/{moduleName}`, since 13.5.0.

        Refused with 404, 409.
        """
        answer = await self._link.ask("GET", f"/asterisk/modules/{segment(moduleName)}")
        return answer.model(models.Module)

    async def loadModule(self, moduleName: str) -> None:
        """`POST /asterisk/modules/{moduleName}`, since 13.5.0.

        Refused with 409.
        """
        await self._link.ask("POST", f"/asterisk/modules/{segment(moduleName)}")

    async def unloadModule(self, moduleName: str) -> None:
        """`DELETE /asterisk/modules/{moduleName}`, since 13.5.0.

        Refused with 404, 409.
        """
        await self._link.ask("DELETE", f"/asterisk/modules/{segment(moduleName)}")

    async def reloadModule(self, moduleName: str) -> None:
        """`PUT /asterisk/modules/{moduleName}`, since 13.5.0.

        Refused with 404, 409.
        """
        await self._link.ask("PUT", f"/asterisk/modules/{segment(moduleName)}")

    async def listLogChannels(self) -> tuple[models.LogChannel, ...]:
        """`GET /asterisk/logging`, since 13.6.0."""
        answer = await self._link.ask("GET", "/asterisk/logging")
        return answer.models(models.LogChannel)

    async def addLog(self, logChannelName: str, *, configuration: str) -> None:
        """`POST /asterisk/logging/{logChannelName}`, since 13.6.0.

        Refused with 400, 409.
        """
        await self._link.ask(
            "POST", f"/asterisk/logging/{segment(logChannelName)}", query={"configuration": configuration}
        )

    async def deleteLog(self, logChannelName: str) -> None:
        """`DELETE /asterisk/logging/{logChannelName}`, since 13.6.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/asterisk/logging/{segment(logChannelName)}")

    async def rotateLog(self, logChannelName: str) -> None:
        """`PUT /asterisk/logging/{logChannelName}/rotate`, since 13.6.0.

        Refused with 404.
        """
        await self._link.ask("PUT", f"/asterisk/logging/{segment(logChannelName)}/rotate")

    async def getGlobalVar(self, *, variable: str) -> models.Variable:
        """`GET /asterisk/variable`, since 12.0.0.

        Refused with 400.
        """
        answer = await self._link.ask("GET", "/asterisk/variable", query={"variable": variable})
        return answer.model(models.Variable)

    async def setGlobalVar(self, *, variable: str, value: str | None = None) -> None:
        """`POST /asterisk/variable`, since 12.0.0.

        Refused with 400.
        """
        await self._link.ask("POST", "/asterisk/variable", query={"variable": variable, "value": value})
