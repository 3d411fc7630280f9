"""ARI's operations on device states.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from typing import Literal

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.resources.base import Repository, Resource


class DeviceState(Resource):
    """Asterisk's `DeviceState`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("name",)

    @property
    def data(self) -> models.DeviceState:
        """`json`, typed."""
        return models.DeviceState.from_json(self.json)

    async def get(self) -> DeviceState:
        """`GET /deviceStates/{deviceName}`, since 12.0.0."""
        return await DeviceStates(self.link).get(self.id)

    async def update(
        self,
        *,
        deviceState: Literal["NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"],
    ) -> None:
        """`PUT /deviceStates/{deviceName}`, since 12.0.0.

        Refused with 404, 409.
        """
        await DeviceStates(self.link).update(self.id, deviceState=deviceState)

    async def delete(self) -> None:
        """`DELETE /deviceStates/{deviceName}`, since 12.0.0.

        Refused with 404, 409.
        """
        await DeviceStates(self.link).delete(self.id)


class DeviceStates(Repository):
    """Asterisk's device_states.json."""

    __slots__ = ()

    def of(self, deviceName: str) -> DeviceState:
        """The DeviceState of this id, without asking Asterisk: only its id is known."""
        return DeviceState(self._link, {"name": deviceName})

    async def list(self) -> tuple[DeviceState, ...]:
        """`GET /deviceStates`, since 12.0.0."""
        answer = await self._link.ask("GET", "/deviceStates")
        return tuple(DeviceState(self._link, item) for item in answer.mappings())

    async def get(self, deviceName: str) -> DeviceState:
        """`GET /deviceStates/{deviceName}`, since 12.0.0."""
        answer = await self._link.ask("GET", f"/deviceStates/{segment(deviceName)}")
        return DeviceState(self._link, answer.mapping())

    async def update(
        self,
        deviceName: str,
        *,
        deviceState: Literal["NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"],
    ) -> None:
        """`PUT /deviceStates/{deviceName}`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("PUT", f"/deviceStates/{segment(deviceName)}", query={"deviceState": deviceState})

    async def delete(self, deviceName: str) -> None:
        """`DELETE /deviceStates/{deviceName}`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("DELETE", f"/deviceStates/{segment(deviceName)}")
