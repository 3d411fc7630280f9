"""A stand-in for a server of OpenAI's `POST /v1/audio/speech`, on a real socket; it does as it is told.

async with SpeechServer() as server:
    server.answers.append(Answer([b"…", b"…"], gap_s=0.1))
    … server.url, server.requests
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets: parts of the body, each a chunk on the wire."""

    parts: Sequence[bytes] = ()
    content_type: str = "audio/pcm"
    status: int = 200
    error: Mapping[str, Any] | None = None
    """A JSON body instead of the parts."""
    delay_s: float = 0.0
    """Before the headers."""
    gap_s: float = 0.0
    """Before each part but the first."""
    cut: bool = False
    """The connection is cut after the parts, in mid-body."""
    refuse: bool = False
    """The connection is cut before any answer."""
    hang: bool = False
    """Nothing comes after the parts, and nothing ends."""


@dataclass(slots=True)
class SpeechServer:
    """Answers in their order; the last one for all requests that come after it."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """A client closed its connection before it had everything."""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/audio/speech", self._speak)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.asked.set()
        self.keys.append(request.headers.get("Authorization", ""))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        try:
            return await self._answered(request, answer)
        except asyncio.CancelledError:
            self.left.set()
            raise

    async def _answered(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        await asyncio.sleep(answer.delay_s)
        if answer.refuse:
            _cut(request)
        if answer.error is not None:
            return web.json_response(answer.error, status=answer.status)
        response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
        await response.prepare(request)
        for number, part in enumerate(answer.parts):
            if number:
                await asyncio.sleep(answer.gap_s)
            await response.write(part)
        if answer.hang:
            await asyncio.Event().wait()
        if answer.cut:
            _cut(request)
        else:
            await response.write_eof()
        return response


def _cut(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
