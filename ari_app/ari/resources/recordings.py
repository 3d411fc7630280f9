"""ARI's operations on recordings.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from ari_app.ari import models
from ari_app.ari.address import segment
from ari_app.ari.resources.base import Repository, Resource


class LiveRecording(Resource):
    """Asterisk's `LiveRecording`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("name",)

    @property
    def data(self) -> models.LiveRecording:
        """`json`, typed."""
        return models.LiveRecording.from_json(self.json)

    async def getLive(self) -> LiveRecording:
        """`GET /recordings/live/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        return await Recordings(self.link).getLive(self.id)

    async def cancel(self) -> None:
        """`DELETE /recordings/live/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        await Recordings(self.link).cancel(self.id)

    async def stop(self) -> None:
        """`POST /recordings/live/{recordingName}/stop`, since 12.0.0.

        Refused with 404.
        """
        await Recordings(self.link).stop(self.id)

    async def pause(self) -> None:
        """`POST /recordings/live/{recordingName}/pause`, since 12.0.0.

        Refused with 404, 409.
        """
        await Recordings(self.link).pause(self.id)

    async def unpause(self) -> None:
        """`DELETE /recordings/live/{recordingName}/pause`, since 12.0.0.

        Refused with 404, 409.
        """
        await Recordings(self.link).unpause(self.id)

    async def mute(self) -> None:
        """`POST /recordings/live/{recordingName}/mute`, since 12.0.0.

        Refused with 404, 409.
        """
        await Recordings(self.link).mute(self.id)

    async def unmute(self) -> None:
        """`DELETE /recordings/live/{recordingName}/mute`, since 12.0.0.

        Refused with 404, 409.
        """
        await Recordings(self.link).unmute(self.id)


class StoredRecording(Resource):
    """Asterisk's `StoredRecording`, with what can be done to it."""

    __slots__ = ()
    id_fields = ("name",)

    @property
    def data(self) -> models.StoredRecording:
        """`json`, typed."""
        return models.StoredRecording.from_json(self.json)

    async def getStored(self) -> StoredRecording:
        """`GET /recordings/stored/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        return await Recordings(self.link).getStored(self.id)

    async def deleteStored(self) -> None:
        """`DELETE /recordings/stored/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        await Recordings(self.link).deleteStored(self.id)

    async def getStoredFile(self) -> bytes:
        """`GET /recordings/stored/{recordingName}/file`, since 14.0.0.

        Refused with 403, 404.
        """
        return await Recordings(self.link).getStoredFile(self.id)

    async def copyStored(self, *, destinationRecordingName: str) -> StoredRecording:
        """`POST /recordings/stored/{recordingName}/copy`, since 12.5.0.

        Refused with 404, 409.
        """
        return await Recordings(self.link).copyStored(self.id, destinationRecordingName=destinationRecordingName)


class Recordings(Repository):
    """Asterisk's recordings.json."""

    __slots__ = ()

    def ofLive(self, recordingName: str) -> LiveRecording:
        """The LiveRecording of this id, without asking Asterisk: only its id is known."""
        return LiveRecording(self._link, {"name": recordingName})

    def ofStored(self, recordingName: str) -> StoredRecording:
        """The StoredRecording of this id, without asking Asterisk: only its id is known."""
        return StoredRecording(self._link, {"name": recordingName})

    async def listStored(self) -> tuple[StoredRecording, ...]:
        """`GET /recordings/stored`, since 12.0.0."""
        answer = await self._link.ask("GET", "/recordings/stored")
        return tuple(StoredRecording(self._link, item) for item in answer.mappings())

    async def getStored(self, recordingName: str) -> StoredRecording:
        """`GET /recordings/stored/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/recordings/stored/{segment(recordingName)}")
        return StoredRecording(self._link, answer.mapping())

    async def deleteStored(self, recordingName: str) -> None:
        """`DELETE /recordings/stored/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/recordings/stored/{segment(recordingName)}")

    async def getStoredFile(self, recordingName: str) -> bytes:
        """`GET /recordings/stored/{recordingName}/file`, since 14.0.0.

        Refused with 403, 404.
        """
        answer = await self._link.ask("GET", f"/recordings/stored/{segment(recordingName)}/file")
        return answer.body

    async def copyStored(self, recordingName: str, *, destinationRecordingName: str) -> StoredRecording:
        """`POST /recordings/stored/{recordingName}/copy`, since 12.5.0.

        Refused with 404, 409.
        """
        answer = await self._link.ask(
            "POST",
            f"/recordings/stored/{segment(recordingName)}/copy",
            query={"destinationRecordingName": destinationRecordingName},
        )
        return StoredRecording(self._link, answer.mapping())

    async def getLive(self, recordingName: str) -> LiveRecording:
        """`GET /recordings/live/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        answer = await self._link.ask("GET", f"/recordings/live/{segment(recordingName)}")
        return LiveRecording(self._link, answer.mapping())

    async def cancel(self, recordingName: str) -> None:
        """`DELETE /recordings/live/{recordingName}`, since 12.0.0.

        Refused with 404.
        """
        await self._link.ask("DELETE", f"/recordings/live/{segment(recordingName)}")

    async def stop(self, recordingName: str) -> None:
        """`POST /recordings/live/{recordingName}/stop`, since 12.0.0.

        Refused with 404.
        """
        await self._link.ask("POST", f"/recordings/live/{segment(recordingName)}/stop")

    async def pause(self, recordingName: str) -> None:
        """`POST /recordings/live/{recordingName}/pause`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("POST", f"/recordings/live/{segment(recordingName)}/pause")

    async def unpause(self, recordingName: str) -> None:
        """`DELETE /recordings/live/{recordingName}/pause`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("DELETE", f"/recordings/live/{segment(recordingName)}/pause")

    async def mute(self, recordingName: str) -> None:
        """`POST /recordings/live/{recordingName}/mute`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("POST", f"/recordings/live/{segment(recordingName)}/mute")

    async def unmute(self, recordingName: str) -> None:
        """`DELETE /recordings/live/{recordingName}/mute`, since 12.0.0.

        Refused with 404, 409.
        """
        await self._link.ask("DELETE", f"/recordings/live/{segment(recordingName)}/mute")
