"""ARI's operations on channels.

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


class Channel(Resource):
    """Asterisk's `Channel`, with what can be done to it."""

    __slots__ = ()

    @property
    def data(self) -> models.Channel:
        """`json`, typed."""
        return models.Channel.from_json(self.json)

    async def get(self) -> Channel:
        """`GET /channels/{channelId}`, since 12.0.0.

        Refused with 404.
        """
        return await Channels(self.link).get(self.id)

    async def originateWithId(
        self,
        *,
        endpoint: str,
        extension: str | None = None,
        context: str | None = None,
        priority: int | None = None,
        label: str | None = None,
        app: str | None = None,
        appArgs: str | None = None,
        callerId: str | None = None,
        timeout: int | None = None,
        variables: Json | None = None,
        otherChannelId: str | None = None,
        originator: str | None = None,
        formats: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}`, since 12.2.0.

        Refused with 400, 409.
        """
        return await Channels(self.link).originateWithId(
            self.id,
            endpoint=endpoint,
            extension=extension,
            context=context,
            priority=priority,
            label=label,
            app=app,
            appArgs=appArgs,
            callerId=callerId,
            timeout=timeout,
            variables=variables,
            otherChannelId=otherChannelId,
            originator=originator,
            formats=formats,
        )

    async def hangup(
        self,
        *,
        reason_code: str | None = None,
        reason: Literal[
            "normal",
            "busy",
            "congestion",
            "no_answer",
            "timeout",
            "rejected",
            "unallocated",
            "normal_unspecified",
            "number_incomplete",
            "codec_mismatch",
            "interworking",
            "failure",
            "answered_elsewhere",
        ]
        | None = None,
    ) -> None:
        """`DELETE /channels/{channelId}`, since 12.0.0.

        Refused with 400, 404.
        """
        await Channels(self.link).hangup(self.id, reason_code=reason_code, reason=reason)

    async def continueInDialplan(
        self,
        *,
        context: str | None = None,
        extension: str | None = None,
        priority: int | None = None,
        label: str | None = None,
    ) -> None:
        """`POST /channels/{channelId}/continue`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).continueInDialplan(
            self.id, context=context, extension=extension, priority=priority, label=label
        )

    async def move(self, *, app: str, appArgs: str | None = None) -> None:
        """`POST /channels/{channelId}/move`, since 13.26.0.

        Refused with 404, 409.
        """
        await Channels(self.link).move(self.id, app=app, appArgs=appArgs)

    async def redirect(self, *, endpoint: str) -> None:
        """`POST /channels/{channelId}/redirect`, since 13.3.0.

        Refused with 400, 404, 409, 412, 422.
        """
        await Channels(self.link).redirect(self.id, endpoint=endpoint)

    async def answer(self) -> None:
        """`POST /channels/{channelId}/answer`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).answer(self.id)

    async def ring(self) -> None:
        """`POST /channels/{channelId}/ring`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).ring(self.id)

    async def ringStop(self) -> None:
        """`DELETE /channels/{channelId}/ring`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).ringStop(self.id)

    async def progress(self) -> None:
        """`POST /channels/{channelId}/progress`, since 22.6.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).progress(self.id)

    async def sendDTMF(
        self,
        *,
        dtmf: str | None = None,
        before: int | None = None,
        between: int | None = None,
        duration: int | None = None,
        after: int | None = None,
    ) -> None:
        """`POST /channels/{channelId}/dtmf`, since 12.0.0.

        Refused with 400, 404, 409, 412.
        """
        await Channels(self.link).sendDTMF(
            self.id, dtmf=dtmf, before=before, between=between, duration=duration, after=after
        )

    async def mute(self, *, direction: Literal["both", "in", "out"] | None = None) -> None:
        """`POST /channels/{channelId}/mute`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).mute(self.id, direction=direction)

    async def unmute(self, *, direction: Literal["both", "in", "out"] | None = None) -> None:
        """`DELETE /channels/{channelId}/mute`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).unmute(self.id, direction=direction)

    async def hold(self) -> None:
        """`POST /channels/{channelId}/hold`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).hold(self.id)

    async def unhold(self) -> None:
        """`DELETE /channels/{channelId}/hold`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).unhold(self.id)

    async def startMoh(self, *, mohClass: str | None = None) -> None:
        """`POST /channels/{channelId}/moh`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).startMoh(self.id, mohClass=mohClass)

    async def stopMoh(self) -> None:
        """`DELETE /channels/{channelId}/moh`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).stopMoh(self.id)

    async def startSilence(self) -> None:
        """`POST /channels/{channelId}/silence`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).startSilence(self.id)

    async def stopSilence(self) -> None:
        """`DELETE /channels/{channelId}/silence`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await Channels(self.link).stopSilence(self.id)

    async def play(
        self,
        *,
        media: str | Iterable[str],
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
        playbackId: str | None = None,
    ) -> Playback:
        """`POST /channels/{channelId}/play`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        return await Channels(self.link).play(
            self.id, media=media, lang=lang, offsetms=offsetms, skipms=skipms, playbackId=playbackId
        )

    async def playWithId(
        self,
        playbackId: str,
        *,
        media: str | Iterable[str],
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
    ) -> Playback:
        """`POST /channels/{channelId}/play/{playbackId}`, since 12.2.0.

        Refused with 404, 409, 412.
        """
        return await Channels(self.link).playWithId(
            self.id, playbackId=playbackId, media=media, lang=lang, offsetms=offsetms, skipms=skipms
        )

    async def record(
        self,
        *,
        name: str,
        format: str,
        maxDurationSeconds: int | None = None,
        maxSilenceSeconds: int | None = None,
        ifExists: Literal["fail", "overwrite", "append"] | None = None,
        beep: bool | None = None,
        terminateOn: Literal["none", "any", "*", "#"] | None = None,
    ) -> LiveRecording:
        """`POST /channels/{channelId}/record`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        return await Channels(self.link).record(
            self.id,
            name=name,
            format=format,
            maxDurationSeconds=maxDurationSeconds,
            maxSilenceSeconds=maxSilenceSeconds,
            ifExists=ifExists,
            beep=beep,
            terminateOn=terminateOn,
        )

    async def getChannelVar(self, *, variable: str) -> models.Variable:
        """`GET /channels/{channelId}/variable`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        return await Channels(self.link).getChannelVar(self.id, variable=variable)

    async def setChannelVar(
        self, *, variable: str, value: str | None = None, report_events: bool | None = None
    ) -> None:
        """`POST /channels/{channelId}/variable`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        await Channels(self.link).setChannelVar(self.id, variable=variable, value=value, report_events=report_events)

    async def getChannelVars(self, *, variables: str | Iterable[str]) -> models.Variables:
        """`GET /channels/{channelId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        return await Channels(self.link).getChannelVars(self.id, variables=variables)

    async def setChannelVars(self, *, variables: Json) -> None:
        """`POST /channels/{channelId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await Channels(self.link).setChannelVars(self.id, variables=variables)

    async def snoopChannel(
        self,
        *,
        app: str,
        spy: Literal["none", "both", "out", "in"] | None = None,
        whisper: Literal["none", "both", "out", "in"] | None = None,
        appArgs: str | None = None,
        snoopId: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}/snoop`, since 12.0.0.

        Refused with 400, 404.
        """
        return await Channels(self.link).snoopChannel(
            self.id, spy=spy, whisper=whisper, app=app, appArgs=appArgs, snoopId=snoopId
        )

    async def snoopChannelWithId(
        self,
        snoopId: str,
        *,
        app: str,
        spy: Literal["none", "both", "out", "in"] | None = None,
        whisper: Literal["none", "both", "out", "in"] | None = None,
        appArgs: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}/snoop/{snoopId}`, since 12.2.0.

        Refused with 400, 404.
        """
        return await Channels(self.link).snoopChannelWithId(
            self.id, snoopId=snoopId, spy=spy, whisper=whisper, app=app, appArgs=appArgs
        )

    async def dial(self, *, caller: str | None = None, timeout: int | None = None) -> None:
        """`POST /channels/{channelId}/dial`, since 14.0.0.

        Refused with 404, 409.
        """
        await Channels(self.link).dial(self.id, caller=caller, timeout=timeout)

    async def rtpstatistics(self) -> models.RTPstat:
        """`GET /channels/{channelId}/rtp_statistics`, since 13.27.0.

        Refused with 404.
        """
        return await Channels(self.link).rtpstatistics(self.id)

    async def transfer_progress(self, *, states: str) -> None:
        """`POST /channels/{channelId}/transfer_progress`, since 22.3.0.

        Refused with 400, 404, 409, 412.
        """
        await Channels(self.link).transfer_progress(self.id, states=states)


class Channels(Repository):
    """Asterisk's channels.json."""

    __slots__ = ()

    def of(self, channelId: str) -> Channel:
        """The Channel of this id, without asking Asterisk: only its id is known."""
        return Channel(self._link, {"id": channelId})

    async def list(self) -> tuple[Channel, ...]:
        """`GET /channels`, since 12.0.0."""
        answer = await self._link.ask("GET", "/channels")
        return tuple(Channel(self._link, item) for item in answer.mappings())

    async def originate(
        self,
        *,
        endpoint: str,
        extension: str | None = None,
        context: str | None = None,
        priority: int | None = None,
        label: str | None = None,
        app: str | None = None,
        appArgs: str | None = None,
        callerId: str | None = None,
        timeout: int | None = None,
        variables: Json | None = None,
        channelId: str | None = None,
        otherChannelId: str | None = None,
        originator: str | None = None,
        formats: str | None = None,
    ) -> Channel:
        """`POST /channels`, since 12.0.0.

        Refused with 400, 409.
        """
        answer = await self._link.ask(
            "POST",
            "/channels",
            query={
                "endpoint": endpoint,
                "extension": extension,
                "context": context,
                "priority": priority,
                "label": label,
                "app": app,
                "appArgs": appArgs,
                "callerId": callerId,
                "timeout": timeout,
                "channelId": channelId,
                "otherChannelId": otherChannelId,
                "originator": originator,
                "formats": formats,
            },
            body=None if variables is None else {"variables": variables},
        )
        return Channel(self._link, answer.mapping())

    async def create(
        self,
        *,
        endpoint: str,
        app: str,
        appArgs: str | None = None,
        channelId: str | None = None,
        otherChannelId: str | None = None,
        originator: str | None = None,
        formats: str | None = None,
        variables: Json | None = None,
    ) -> Channel:
        """`POST /channels/create`, since 14.0.0.

        Refused with 409.
        """
        answer = await self._link.ask(
            "POST",
            "/channels/create",
            query={
                "endpoint": endpoint,
                "app": app,
                "appArgs": appArgs,
                "channelId": channelId,
                "otherChannelId": otherChannelId,
                "originator": originator,
                "formats": formats,
            },
            body=None if variables is None else {"variables": variables},
        )
        return Channel(self._link, answer.mapping())

    async def get(self, channelId: str) -> Channel:
        """`GET /channels/{channelId}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/channels/{segment(channelId)}")
        return Channel(self._link, answer.mapping())

    async def originateWithId(
        self,
        channelId: str,
        *,
        endpoint: str,
        extension: str | None = None,
        context: str | None = None,
        priority: int | None = None,
        label: str | None = None,
        app: str | None = None,
        appArgs: str | None = None,
        callerId: str | None = None,
        timeout: int | None = None,
        variables: Json | None = None,
        otherChannelId: str | None = None,
        originator: str | None = None,
        formats: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}`, since 12.2.0.

        Refused with 400, 409.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}",
            query={
                "endpoint": endpoint,
                "extension": extension,
                "context": context,
                "priority": priority,
                "label": label,
                "app": app,
                "appArgs": appArgs,
                "callerId": callerId,
                "timeout": timeout,
                "otherChannelId": otherChannelId,
                "originator": originator,
                "formats": formats,
            },
            body=None if variables is None else {"variables": variables},
        )
        return Channel(self._link, answer.mapping())

    async def hangup(
        self,
        channelId: str,
        *,
        reason_code: str | None = None,
        reason: Literal[
            "normal",
            "busy",
            "congestion",
            "no_answer",
            "timeout",
            "rejected",
            "unallocated",
            "normal_unspecified",
            "number_incomplete",
            "codec_mismatch",
            "interworking",
            "failure",
            "answered_elsewhere",
        ]
        | None = None,
    ) -> None:
        """`DELETE /channels/{channelId}`, since 12.0.0.

        Refused with 400, 404.
        """
        await self._link.ask(
            "DELETE", f"/channels/{segment(channelId)}", query={"reason_code": reason_code, "reason": reason}
        )

    async def continueInDialplan(
        self,
        channelId: str,
        *,
        context: str | None = None,
        extension: str | None = None,
        priority: int | None = None,
        label: str | None = None,
    ) -> None:
        """`POST /channels/{channelId}/continue`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/continue",
            query={"context": context, "extension": extension, "priority": priority, "label": label},
        )

    async def move(self, channelId: str, *, app: str, appArgs: str | None = None) -> None:
        """`POST /channels/{channelId}/move`, since 13.26.0.

        Refused with 404, 409.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/move", query={"app": app, "appArgs": appArgs})

    async def redirect(self, channelId: str, *, endpoint: str) -> None:
        """`POST /channels/{channelId}/redirect`, since 13.3.0.

        Refused with 400, 404, 409, 412, 422.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/redirect", query={"endpoint": endpoint})

    async def answer(self, channelId: str) -> None:
        """`POST /channels/{channelId}/answer`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/answer")

    async def ring(self, channelId: str) -> None:
        """`POST /channels/{channelId}/ring`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/ring")

    async def ringStop(self, channelId: str) -> None:
        """`DELETE /channels/{channelId}/ring`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("DELETE", f"/channels/{segment(channelId)}/ring")

    async def progress(self, channelId: str) -> None:
        """`POST /channels/{channelId}/progress`, since 22.6.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/progress")

    async def sendDTMF(
        self,
        channelId: str,
        *,
        dtmf: str | None = None,
        before: int | None = None,
        between: int | None = None,
        duration: int | None = None,
        after: int | None = None,
    ) -> None:
        """`POST /channels/{channelId}/dtmf`, since 12.0.0.

        Refused with 400, 404, 409, 412.
        """
        await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/dtmf",
            query={"dtmf": dtmf, "before": before, "between": between, "duration": duration, "after": after},
        )

    async def mute(self, channelId: str, *, direction: Literal["both", "in", "out"] | None = None) -> None:
        """`POST /channels/{channelId}/mute`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/mute", query={"direction": direction})

    async def unmute(self, channelId: str, *, direction: Literal["both", "in", "out"] | None = None) -> None:
        """`DELETE /channels/{channelId}/mute`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("DELETE", f"/channels/{segment(channelId)}/mute", query={"direction": direction})

    async def hold(self, channelId: str) -> None:
        """`POST /channels/{channelId}/hold`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/hold")

    async def unhold(self, channelId: str) -> None:
        """`DELETE /channels/{channelId}/hold`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("DELETE", f"/channels/{segment(channelId)}/hold")

    async def startMoh(self, channelId: str, *, mohClass: str | None = None) -> None:
        """`POST /channels/{channelId}/moh`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/moh", query={"mohClass": mohClass})

    async def stopMoh(self, channelId: str) -> None:
        """`DELETE /channels/{channelId}/moh`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("DELETE", f"/channels/{segment(channelId)}/moh")

    async def startSilence(self, channelId: str) -> None:
        """`POST /channels/{channelId}/silence`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/silence")

    async def stopSilence(self, channelId: str) -> None:
        """`DELETE /channels/{channelId}/silence`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        await self._link.ask("DELETE", f"/channels/{segment(channelId)}/silence")

    async def play(
        self,
        channelId: str,
        *,
        media: str | Iterable[str],
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
        playbackId: str | None = None,
    ) -> Playback:
        """`POST /channels/{channelId}/play`, since 12.0.0.

        Refused with 404, 409, 412.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/play",
            query={"media": media, "lang": lang, "offsetms": offsetms, "skipms": skipms, "playbackId": playbackId},
        )
        return Playback(self._link, answer.mapping())

    async def playWithId(
        self,
        channelId: str,
        playbackId: str,
        *,
        media: str | Iterable[str],
        lang: str | None = None,
        offsetms: int | None = None,
        skipms: int | None = None,
    ) -> Playback:
        """`POST /channels/{channelId}/play/{playbackId}`, since 12.2.0.

        Refused with 404, 409, 412.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/play/{segment(playbackId)}",
            query={"media": media, "lang": lang, "offsetms": offsetms, "skipms": skipms},
        )
        return Playback(self._link, answer.mapping())

    async def record(
        self,
        channelId: str,
        *,
        name: str,
        format: str,
        maxDurationSeconds: int | None = None,
        maxSilenceSeconds: int | None = None,
        ifExists: Literal["fail", "overwrite", "append"] | None = None,
        beep: bool | None = None,
        terminateOn: Literal["none", "any", "*", "#"] | None = None,
    ) -> LiveRecording:
        """`POST /channels/{channelId}/record`, since 12.0.0.

        Refused with 400, 404, 409, 422.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/record",
            query={
                "name": name,
                "format": format,
                "maxDurationSeconds": maxDurationSeconds,
                "maxSilenceSeconds": maxSilenceSeconds,
                "ifExists": ifExists,
                "beep": beep,
                "terminateOn": terminateOn,
            },
        )
        return LiveRecording(self._link, answer.mapping())

    async def getChannelVar(self, channelId: str, *, variable: str) -> models.Variable:
        """`GET /channels/{channelId}/variable`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        answer = await self._link.ask("GET", f"/channels/{segment(channelId)}/variable", query={"variable": variable})
        return answer.model(models.Variable)

    async def setChannelVar(
        self, channelId: str, *, variable: str, value: str | None = None, report_events: bool | None = None
    ) -> None:
        """`POST /channels/{channelId}/variable`, since 12.0.0.

        Refused with 400, 404, 409.
        """
        await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/variable",
            query={"variable": variable, "value": value, "report_events": report_events},
        )

    async def getChannelVars(self, channelId: str, *, variables: str | Iterable[str]) -> models.Variables:
        """`GET /channels/{channelId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        answer = await self._link.ask(
            "GET", f"/channels/{segment(channelId)}/variables", query={"variables": variables}
        )
        return answer.model(models.Variables)

    async def setChannelVars(self, channelId: str, *, variables: Json) -> None:
        """`POST /channels/{channelId}/variables`, since 20.20.0.

        Refused with 400, 404, 409.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/variables", body={"variables": variables})

    async def snoopChannel(
        self,
        channelId: str,
        *,
        app: str,
        spy: Literal["none", "both", "out", "in"] | None = None,
        whisper: Literal["none", "both", "out", "in"] | None = None,
        appArgs: str | None = None,
        snoopId: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}/snoop`, since 12.0.0.

        Refused with 400, 404.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/snoop",
            query={"spy": spy, "whisper": whisper, "app": app, "appArgs": appArgs, "snoopId": snoopId},
        )
        return Channel(self._link, answer.mapping())

    async def snoopChannelWithId(
        self,
        channelId: str,
        snoopId: str,
        *,
        app: str,
        spy: Literal["none", "both", "out", "in"] | None = None,
        whisper: Literal["none", "both", "out", "in"] | None = None,
        appArgs: str | None = None,
    ) -> Channel:
        """`POST /channels/{channelId}/snoop/{snoopId}`, since 12.2.0.

        Refused with 400, 404.
        """
        answer = await self._link.ask(
            "POST",
            f"/channels/{segment(channelId)}/snoop/{segment(snoopId)}",
            query={"spy": spy, "whisper": whisper, "app": app, "appArgs": appArgs},
        )
        return Channel(self._link, answer.mapping())

    async def dial(self, channelId: str, *, caller: str | None = None, timeout: int | None = None) -> None:
        """`POST /channels/{channelId}/dial`, since 14.0.0.

        Refused with 404, 409.
        """
        await self._link.ask(
            "POST", f"/channels/{segment(channelId)}/dial", query={"caller": caller, "timeout": timeout}
        )

    async def rtpstatistics(self, channelId: str) -> models.RTPstat:
        """`GET /channels/{channelId}/rtp_statistics`, since 13.27.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/channels/{segment(channelId)}/rtp_statistics")
        return answer.model(models.RTPstat)

    async def externalMedia(
        self,
        *,
        app: str,
        format: str,
        channelId: str | None = None,
        variables: Json | None = None,
        external_host: str | None = None,
        encapsulation: Literal["rtp", "audiosocket", "none"] | None = None,
        transport: Literal["udp", "tcp", "websocket"] | None = None,
        connection_type: Literal["client", "server"] | None = None,
        direction: Literal["both"] | None = None,
        data: str | None = None,
        transport_data: str | None = None,
    ) -> Channel:
        """`POST /channels/externalMedia`, since 16.6.0.

        Refused with 400, 409.
        """
        answer = await self._link.ask(
            "POST",
            "/channels/externalMedia",
            query={
                "channelId": channelId,
                "app": app,
                "external_host": external_host,
                "encapsulation": encapsulation,
                "transport": transport,
                "connection_type": connection_type,
                "format": format,
                "direction": direction,
                "data": data,
                "transport_data": transport_data,
            },
            body=None if variables is None else {"variables": variables},
        )
        return Channel(self._link, answer.mapping())

    async def transfer_progress(self, channelId: str, *, states: str) -> None:
        """`POST /channels/{channelId}/transfer_progress`, since 22.3.0.

        Refused with 400, 404, 409, 412.
        """
        await self._link.ask("POST", f"/channels/{segment(channelId)}/transfer_progress", query={"states": states})
