"""A stand-in for Deepgram's `/v1/listen`: takes audio, tells the words of a script as the audio reaches them.

Frames carry their number in their first sample (`numbered`), so that it knows which part of the turn it is sent after
a stream was cut, and `streams` tell whether any frame was lost or came twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

FRAME_BYTES, FRAME_S = 320, 0.02


@dataclass(frozen=True, slots=True)
class Word:
    """Said up to `end_s` of the turn."""

    end_s: float
    text: str
    confidence: float = 0.9
    language: str = ""


def numbered(frames: Sequence[bytes]) -> list[bytes]:
    """The frames, each with its number in its first sample."""
    return [number.to_bytes(2, "little") + frame[2:] for number, frame in enumerate(frames)]


@dataclass(slots=True)
class Misbehaviour:
    """Of one connection."""

    status: int = 0
    """The upgrade is refused with it, and `dg-error`."""
    cut_s: float = 0.0
    """The connection breaks once so much audio of the turn came."""
    close_code: int = 0
    """It is closed with it then, rather than broken."""
    says: str = ""
    """Sent as the first message."""
    deaf: bool = False
    """Takes everything, answers nothing."""
    unconfirmed: bool = False
    """Answers no Finalize, as where hardly any audio is left to hear."""


@dataclass(slots=True)
class DeepgramServer:
    """The server. Streams misbehave in the order of `misbehaviours`; those after behave."""

    script: Sequence[Word] = ()
    key: str = "dg-key"
    final_every_s: float = 1.0
    interim_every_s: float = 0.2
    misbehaviours: list[Misbehaviour] = field(default_factory=list)
    queries: list[list[tuple[str, str]]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    streams: list[list[int]] = field(default_factory=list)
    """The numbers of the frames that came, for each connection."""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    open: int = 0
    url: str = ""

    @asynccontextmanager
    async def served(self) -> AsyncIterator[DeepgramServer]:
        """Serve on loopback while the block runs."""
        app = web.Application()
        app.router.add_get("/v1/listen", self._listen)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def until(self, *, frames: int = 0, messages: int = 0, streams: int | None = None) -> None:
        """Once so many frames and text messages came, and so many streams are open."""
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(
                lambda: (
                    sum(map(len, self.streams)) >= frames
                    and len(self.messages) >= messages
                    and streams in (None, self.open)
                )
            )

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        manner = self.misbehaviours.pop(0) if self.misbehaviours else Misbehaviour()
        self.queries.append(list(request.query.items()))
        if request.headers.get("Authorization") != f"Token {self.key}":
            return web.json_response({"err_msg": "Invalid credentials."}, status=401, headers={"dg-error": "Bad key"})
        if manner.status:
            return web.Response(status=manner.status, headers={"dg-error": "not today"})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open += 1
        try:
            await self._tell()
            await _Stream(self, socket, manner, request).served()
        finally:
            self.open -= 1
            await asyncio.shield(self._tell())
        return socket


class _Stream:
    """One connection: seconds are of the turn, but for what goes over the wire, which begins with the connection."""

    def __init__(
        self, server: DeepgramServer, socket: web.WebSocketResponse, manner: Misbehaviour, request: web.Request
    ) -> None:
        self._server = server
        self._socket = socket
        self._manner = manner
        self._request = request
        self._received: list[int] = []
        server.streams.append(self._received)
        self._began_s: float | None = None
        self._heard_s = self._final_s = self._interim_s = 0.0

    async def served(self) -> None:
        if self._manner.says:
            await self._socket.send_str(self._manner.says)
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                assert message.data, "an empty message closes a stream"
                if not await self._take(message.data):
                    return
            elif message.type is WSMsgType.TEXT and not await self._told(json.loads(message.data)):
                return
            await self._server._tell()

    async def _take(self, audio: bytes) -> bool:
        numbers = [int.from_bytes(audio[at : at + 2], "little") for at in range(0, len(audio), FRAME_BYTES)]
        self._received += numbers
        if self._began_s is None:
            self._began_s = self._final_s = self._interim_s = numbers[0] * FRAME_S
        self._heard_s = (numbers[-1] + 1) * FRAME_S
        manner = self._manner
        if manner.cut_s and self._heard_s >= manner.cut_s - 1e-6:
            await self._cut()
            return False
        if not manner.deaf and self._heard_s - self._final_s >= self._server.final_every_s - 1e-6:
            await self._result(final=True)
        elif not manner.deaf and self._heard_s - self._interim_s >= self._server.interim_every_s - 1e-6:
            await self._result(final=False)
        return True

    async def _cut(self) -> None:
        if self._manner.close_code:
            await self._socket.close(code=self._manner.close_code, message=b"NET-0000")
        elif self._request.transport:
            self._request.transport.abort()

    async def _told(self, told: Mapping[str, object]) -> bool:
        self._server.messages.append(str(told["type"]))
        if self._manner.deaf:
            return True
        if told["type"] == "Finalize" and not self._manner.unconfirmed:
            await self._result(final=True, from_finalize=True)
        if told["type"] != "CloseStream":
            return True
        await self._result(final=True)
        await self._socket.send_json({"type": "Metadata", "request_id": "r", "duration": self._heard_s, "channels": 1})
        await self._socket.close()
        return False

    async def _result(self, *, final: bool, from_finalize: bool = False) -> None:
        words = [word for word in self._server.script if self._final_s < word.end_s <= self._heard_s]
        began_s = self._began_s or 0.0
        result: dict[str, Any] = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": round(self._final_s - began_s, 3),
            "duration": round(self._heard_s - self._final_s, 3),
            "is_final": final,
            "speech_final": False,
            "from_finalize": from_finalize,
            "channel": {"alternatives": [_alternative(words)]},
        }
        self._interim_s = self._heard_s
        if final:
            self._final_s = self._heard_s
        await self._socket.send_json(result)


def _alternative(words: Sequence[Word]) -> dict[str, Any]:
    sure = sum(word.confidence for word in words) / len(words) if words else 0.0
    told = [
        {"word": word.text, "end": word.end_s, "confidence": word.confidence}
        | ({"language": word.language} if word.language else {})
        for word in words
    ]
    return {"transcript": " ".join(word.text for word in words), "confidence": sure, "words": told}
