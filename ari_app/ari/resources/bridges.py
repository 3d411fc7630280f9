"""ARI's operations on bridges.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.fields import Json
from ari_app.ari.resources.base import Repository, Resource
from ari_app.ari.resources.playbacks import Playback
from ari_app.ari.resources.recordings import LiveRecording


class Bridge(Resource):
    """Asterisk's `Bridge`, with what can be done to it."""

    __slots__ = ()

    @property
    def data(self) -> models.Bridge:
        """`json`, typed."""
        return models.Bridge.from_json(self.json)

    async def createWithId(
        self, *, type: str | None = None, name: str | None = None, variables: Json | None = None
    ) -> Bridge:
        """`POST /bridges/{bridgeId}`, since 12.2.0.

        Refused with 409.
        """
        return await Bridges(self.link).createWithId(self.id, type=type, name=name, variables=variables)

    async def get(self) -> Bridge:
        """`GET /bridges/{bridgeId}`, since 12.0.0.

        Refused with 404.
        """
        return await Bridges(self.link).get(self.id)

    async def destroy(self) -> None:
        """`DELETE /bridges/{bridgeId}`, since 12.0.0.

        Refused with 404.
        """
        await Bridges(self.link).destroy(self.id)

    async def getBridgeVar(self, *, variable: str) -> models.Variable:
        """`GET /bridges/{bridgeId}/variable`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        return await Bridges(self.link).getBridgeVar(self.id, variable=variable)

    async def setBridgeVar(self, *, variable: str, value: str | None = None, report_events: bool | None = None) -> None:
        """`POST /bridges/{bridgeId}/variable`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await Bridges(self.link).setBridgeVar(self.id, variable=variable, value=value, report_events=report_events)

    async def getBridgeVars(self, *, variables: str | Iterable[str]) -> models.Variables:
        """`GET /bridges/{bridgeId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        return await Bridges(self.link).getBridgeVars(self.id, variables=variables)

    async def setBridgeVars(self, *, variables: Json) -> None:
        """`POST /bridges/{bridgeId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await Bridges(self.link).setBridgeVars(self.id, variables=variables)

    async def addChannel(
        self,
        *,
        channel: str | Iterable[str],
        role: str | None = None,
        absorbDTMF: bool | None = None,
        mute: bool | None = None,
        inhibitConnectedLineUpdates: bool | None = None,
    ) -> None:
        """`POST /bridges/{bridgeId}/addChannel`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        await Bridges(self.link).addChannel(
            self.id,
            channel=channel,
            role=role,
            absorbDTMF=absorbDTMF,
            mute=mute,
            inhibitConnectedLineUpdates=inhibitConnectedLineUpdates,
        )

    async def removeChannel(self, *, channel: str | Iterable[str]) -> None:
        """`POST /bridges/{bridgeId}/removeChannel`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        await Bridges(self.link).removeChannel(self.id, channel=channel)

    async def setVideoSource(self, channelId: str) -> None:
        """`POST /bridges/{bridgeId}/videoSource/{channelId}`, since 13.13.0.

        Refused with 404, 409, 422.
        """
        await Bridges(self.link).setVideoSource(self.id, channelId=channelId)

    async def clearVideoSource(self) -> None:
        """`DELETE /bridges/{bridgeId}/videoSource`, since 13.13.0.

        Refused with 404.
        """
        await Bridges(self.link).clearVideoSource(self.id)

    async def startMoh(self, *, mohClass: str | None = None) -> None:
        """`POST /bridges/{bridgeId}/moh`, since 12.0.0.

        Refused with 404, 409.
        """
        await Bridges(self.link).startMoh(self.id, mohClass=mohClass)

    async def stopMoh(self) -> None:
        """`DELETE /bridges/{bridgeId}/moh`, since 12.0.0.

        Refused with 404, 409.
        """
        await Bridges(self.link).stopMoh(self.id)

    async def play(
        self,
        *,
        media: str | Iterable[str],
        announcer_format: str | None = None,
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
        playbackId: str | None = None,
    ) -> Playback:
        """`POST /bridges/{bridgeId}/play`, since 12.0.0.

        Refused with 404, 409, 422.
        """
        return await Bridges(self.link).play(
            self.id,
            media=media,
            announcer_format=announcer_format,
            lang=lang,
            offsetms=offsetms,
            skipms=skipms,
            playbackId=playbackId,
        )

    async def playWithId(
        self,
        playbackId: str,
        *,
        media: str | Iterable[str],
        announcer_format: str | None = None,
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
    ) -> Playback:
        """`POST /bridges/{bridgeId}/play/{playbackId}`, since 12.3.0.

        Refused with 404, 409, 422.
        """
        return await Bridges(self.link).playWithId(
            self.id,
            playbackId=playbackId,
            media=media,
            announcer_format=announcer_format,
            lang=lang,
            offsetms=offsetms,
            skipms=skipms,
        )

    async def record(
        self,
        *,
        name: str,
        format: str,
        recorder_format: str | None = None,
        maxDurationSeconds: int | None = None,
        maxSilenceSeconds: int | None = None,
        ifExists: Literal["fail", "overwrite", "append"] | None = None,
        beep: bool | None = None,
        terminateOn: Literal["none", "any", "*", "#"] | None = None,
    ) -> LiveRecording:
        """`POST /bridges/{bridgeId}/record`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        return await Bridges(self.link).record(
            self.id,
            name=name,
            format=format,
            recorder_format=recorder_format,
            maxDurationSeconds=maxDurationSeconds,
            maxSilenceSeconds=maxSilenceSeconds,
            ifExists=ifExists,
            beep=beep,
            terminateOn=terminateOn,
        )


class Bridges(Repository):
    """Asterisk's bridges.json."""

    __slots__ = ()

    def of(self, bridgeId: str) -> Bridge:
        """The Bridge of this id, without asking Asterisk: only its id is known."""
        return Bridge(self._link, {"id": bridgeId})

    async def list(self) -> tuple[Bridge, ...]:
        """`GET /bridges`, since 12.0.0."""
        answer = await self._link.ask("GET", "/bridges")
        return tuple(Bridge(self._link, item) for item in answer.mappings())

    async def create(
        self,
        *,
        type: str | None = None,
        bridgeId: str | None = None,
        name: str | None = None,
        variables: Json | None = None,
    ) -> Bridge:
        """`POST /bridges`, since 12.0.0.

        Refused with 409.
        """
        answer = await self._link.ask(
            "POST",
            "/bridges",
            query={"type": type, "bridgeId": bridgeId, "name": name},
            body=None if variables is None else {"variables": variables},
        )
        return Bridge(self._link, answer.mapping())

    async def createWithId(
        self, bridgeId: str, *, type: str | None = None, name: str | None = None, variables: Json | None = None
    ) -> Bridge:
        """`POST /bridges/{bridgeId}`, since 12.2.0.

        Refused with 409.
        """
        answer = await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}",
            query={"type": type, "name": name},
            body=None if variables is None else {"variables": variables},
        )
        return Bridge(self._link, answer.mapping())

    async def get(self, bridgeId: str) -> Bridge:
        """`GET /bridges/{bridgeId}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/bridges/{segment(bridgeId)}")
        return Bridge(self._link, answer.mapping())

    async def destroy(self, bridgeId: str) -> None:
        """`DELETE /bridges/{bridgeId}`, since 12.0.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/bridges/{segment(bridgeId)}")

    async def getBridgeVar(self, bridgeId: str, *, variable: str) -> models.Variable:
        """`GET /bridges/{bridgeId}/variable`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        answer = await self._link.ask("GET", f"/bridges/{segment(bridgeId)}/variable", query={"variable": variable})
        return answer.model(models.Variable)

    async def setBridgeVar(
        self, bridgeId: str, *, variable: str, value: str | None = None, report_events: bool | None = None
    ) -> None:
        """`POST /bridges/{bridgeId}/variable`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}/variable",
            query={"variable": variable, "value": value, "report_events": report_events},
        )

    async def getBridgeVars(self, bridgeId: str, *, variables: str | Iterable[str]) -> models.Variables:
        """`GET /bridges/{bridgeId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        answer = await self._link.ask("GET", f"/bridges/{segment(bridgeId)}/variables", query={"variables": variables})
        return answer.model(models.Variables)

    async def setBridgeVars(self, bridgeId: str, *, variables: Json) -> None:
        """`POST /bridges/{bridgeId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await self._link.ask("POST", f"/bridges/{segment(bridgeId)}/variables", body={"variables": variables})

    async def addChannel(
        self,
        bridgeId: str,
        *,
        channel: str | Iterable[str],
        role: str | None = None,
        absorbDTMF: bool | None = None,
        mute: bool | None = None,
        inhibitConnectedLineUpdates: bool | None = None,
    ) -> None:
        """`POST /bridges/{bridgeId}/addChannel`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}/addChannel",
            query={
                "channel": channel,
                "role": role,
                "absorbDTMF": absorbDTMF,
                "mute": mute,
                "inhibitConnectedLineUpdates": inhibitConnectedLineUpdates,
            },
        )

    async def removeChannel(self, bridgeId: str, *, channel: str | Iterable[str]) -> None:
        """`POST /bridges/{bridgeId}/removeChannel`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        await self._link.ask("POST", f"/bridges/{segment(bridgeId)}/removeChannel", query={"channel": channel})

    async def setVideoSource(self, bridgeId: str, channelId: str) -> None:
        """`POST /bridges/{bridgeId}/videoSource/{channelId}`, since 13.13.0.

        Refused with 404, 409, 422.
        """
        await self._link.ask("POST", f"/bridges/{segment(bridgeId)}/videoSource/{segment(channelId)}")

    async def clearVideoSource(self, bridgeId: str) -> None:
        """`DELETE /bridges/{bridgeId}/videoSource`, since 13.13.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/bridges/{segment(bridgeId)}/videoSource")

    async def startMoh(self, bridgeId: str, *, mohClass: str | None = None) -> None:
        """`POST /bridges/{bridgeId}/moh`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("POST", f"/bridges/{segment(bridgeId)}/moh", query={"mohClass": mohClass})

    async def stopMoh(self, bridgeId: str) -> None:
        """`DELETE /bridges/{bridgeId}/moh`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("DELETE", f"/bridges/{segment(bridgeId)}/moh")

    async def play(
        self,
        bridgeId: str,
        *,
        media: str | Iterable[str],
        announcer_format: str | None = None,
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
        playbackId: str | None = None,
    ) -> Playback:
        """`POST /bridges/{bridgeId}/play`, since 12.0.0.

        Refused with 404, 409, 422.
        """
        answer = await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}/play",
            query={
                "media": media,
                "announcer_format": announcer_format,
                "lang": lang,
                "offsetms": offsetms,
                "skipms": skipms,
                "playbackId": playbackId,
            },
        )
        return Playback(self._link, answer.mapping())

    async def playWithId(
        self,
        bridgeId: str,
        playbackId: str,
        *,
        media: str | Iterable[str],
        announcer_format: str | None = None,
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
    ) -> Playback:
        """`POST /bridges/{bridgeId}/play/{playbackId}`, since 12.3.0.

        Refused with 404, 409, 422.
        """
        answer = await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}/play/{segment(playbackId)}",
            query={
                "media": media,
                "announcer_format": announcer_format,
                "lang": lang,
                "offsetms": offsetms,
                "skipms": skipms,
            },
        )
        return Playback(self._link, answer.mapping())

    async def record(
        self,
        bridgeId: str,
        *,
        name: str,
        format: str,
        recorder_format: str | None = None,
        maxDurationSeconds: int | None = None,
        maxSilenceSeconds: int | None = None,
        ifExists: Literal["fail", "overwrite", "append"] | None = None,
        beep: bool | None = None,
        terminateOn: Literal["none", "any", "*", "#"] | None = None,
    ) -> LiveRecording:
        """`POST /bridges/{bridgeId}/record`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        answer = await self._link.ask(
            "POST",
            f"/bridges/{segment(bridgeId)}/record",
            query={
                "name": name,
                "format": format,
                "recorder_format": recorder_format,
                "maxDurationSeconds": maxDurationSeconds,
                "maxSilenceSeconds": maxSilenceSeconds,
                "ifExists": ifExists,
                "beep": beep,
                "terminateOn": terminateOn,
            },
        )
        return LiveRecording(self._link, answer.mapping())
