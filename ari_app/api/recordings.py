"""What was recorded and said on a call, for those who may hear and read it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from ari_app.api.calling import Recordings, RecordingView, Transcript, TranscriptLine
from ari_app.api.dependencies import Dependencies
from ari_app.api.finding import found_call
from ari_app.api.masking import answer_to
from ari_app.api.problem import ProblemError
from ari_app.store.records import CallEvent, CallRecord

_MEDIA_TYPES = {".wav": "audio/wav", ".flac": "audio/flac", ".opus": "audio/ogg", ".ogg": "audio/ogg"}


class Recorded:
    """Handlers of a call's recordings and its transcript."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def list_recordings(self, request: web.Request) -> web.Response:
        """The files that this node has of a call."""
        call = await found_call(self._to, request)
        files = await asyncio.to_thread(_files, self._folder(call))
        return answer_to(request, Recordings(recordings=[_view(call.id, file) for file in files]))

    async def recording(self, request: web.Request) -> web.StreamResponse:
        """One file, or ranges of it."""
        call = await found_call(self._to, request)
        name = request.match_info["name"]
        files = await asyncio.to_thread(_files, self._folder(call))
        file = next((file for file in files if file.name == name), None)
        if file is None:
            raise ProblemError(404, f"{call.id} has no recording {name}.")
        return web.FileResponse(file, headers={"Content-Type": _MEDIA_TYPES[file.suffix]})

    async def transcript(self, request: web.Request) -> web.Response:
        """Who said and pressed what, and when; what was private stays masked."""
        call = await found_call(self._to, request)
        lines = await self._to.store.listing.history(call.id)
        told = [line for each in lines if (line := _line(each.event))]
        return answer_to(request, Transcript(lines=sorted(told, key=lambda line: line.ms)))

    def _folder(self, call: CallRecord) -> Path:
        """Where this node has them; a problem that names the node which has."""
        folder = self._to.recordings / call.id
        if not folder.is_dir() and call.node not in ("", self._to.node):
            raise ProblemError(409, f"The recordings of {call.id} are on the node {call.node}: ask there.")
        return folder


def _files(folder: Path) -> list[Path]:
    """Recordings that are whole, and are files of this very folder."""
    if not folder.is_dir():
        return []
    return sorted(
        file for file in folder.iterdir() if file.suffix in _MEDIA_TYPES and file.is_file() and not file.is_symlink()
    )


def _view(call_id: str, file: Path) -> RecordingView:
    facts = file.stat()
    return RecordingView(
        name=file.name,
        bytes=facts.st_size,
        changed_at=datetime.fromtimestamp(facts.st_mtime, UTC),
        link=f"/api/voice/calls/{call_id}/recordings/{quote(file.name)}",
    )


def _line(event: CallEvent) -> TranscriptLine | None:
    data, ms = event.data, event.data.get("ms", 0)
    at = {"at": event.at, "ms": ms if isinstance(ms, int) else 0}
    match event.kind:
        case "said" if data.get("text"):
            return TranscriptLine(**at, who="agent", kind="speech", text=str(data["text"]))
        case "caller_said" if data.get("text"):
            return TranscriptLine(**at, who="caller", kind="speech", text=str(data["text"]))
        case "key":
            return TranscriptLine(**at, who="caller", kind="key", text=str(data.get("digit", "")))
    return None
