"""Asterisk's end of a media websocket: real HTTP, and what chan_websocket says and takes, as much as a test needs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

CONNECTION = "f4913d5d-fdbf"


@dataclass
class AsteriskSocket:
    """`async with AsteriskSocket() as asterisk:`; what came is in `audio` and `commands`."""

    started: dict[str, Any] = field(
        default_factory=lambda: {"event": "MEDIA_START", "format": "alaw", "optimal_frame_size": 160}
    )
    """Its first word; empty: it says none."""
    plays: bool = True
    """Whether marks are reached."""
    audio: list[bytes] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    socket: web.WebSocketResponse | None = None
    request: web.Request | None = None

    async def __aenter__(self) -> Self:
        self._news = asyncio.Condition()
        application = web.Application()
        application.router.add_get("/media/{connection}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def answer(self) -> dict[str, str]:
        """The channel's variables."""
        return {"MEDIA_WEBSOCKET_CONNECTION_ID": CONNECTION, "MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE": "160"}

    async def say(self, event: str, **values: object) -> None:
        assert self.socket, "nobody has connected"
        await self.socket.send_str(json.dumps({"event": event, **values}))

    async def play(self, payload: bytes) -> None:
        assert self.socket, "nobody has connected"
        await self.socket.send_bytes(payload)

    async def heard(self, frames: int = 0, commands: int = 0) -> None:
        """Wait until so much has come."""
        async with asyncio.timeout(5), self._news:
            await self._news.wait_for(lambda: len(self.audio) >= frames and len(self.commands) >= commands)

    def cut(self) -> None:
        """End the connection without a word."""
        assert self.request, "nobody has connected"
        assert self.request.transport, "the connection is gone"
        self.request.transport.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["connection"] != CONNECTION:
            return web.Response(status=404)
        socket = web.WebSocketResponse(protocols=("media",))
        await socket.prepare(request)
        self.socket, self.request = socket, request
        if self.started:
            await socket.send_str(json.dumps(self.started))
        async for message in socket:
            async with self._news:
                if message.type is WSMsgType.BINARY:
                    self.audio.append(message.data)
                else:
                    await self._obey(json.loads(message.data))
                self._news.notify_all()
        return socket

    async def _obey(self, command: dict[str, Any]) -> None:
        self.commands.append(command)
        if command["command"] == "MARK_MEDIA" and self.plays:
            await self.say("MEDIA_MARK_PROCESSED", correlation_id=command["correlation_id"])
