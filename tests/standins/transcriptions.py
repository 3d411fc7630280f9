"""A stand-in for servers of `POST /v1/audio/transcriptions`: reads the form and the sound file, answers as told.

Modes are those of misbehaving servers; `formats` those it takes (Voxtral behind vLLM: only json).
"""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web


class Mode(StrEnum):
    """How it behaves."""

    OK = "ok"
    HANG = "hang"
    """Never answers."""
    ERROR = "error"
    """Answers `status`."""
    LOSE = "lose"
    """Takes the request, and cuts the connection."""
    HALF = "half"
    """Cuts the connection in the middle of its answer."""
    GARBAGE = "garbage"
    """Answers with success and no JSON."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came: the form's fields, the sound file's rate and audio, and the key."""

    fields: Mapping[str, str]
    rate: int
    samples: bytes
    authorization: str


@dataclass(slots=True)
class TranscriptionServer:
    """The server. `answer` is the whole of a verbose_json answer; json answers have its text alone."""

    answer: dict[str, Any] = field(default_factory=lambda: {"text": "track my order"})
    mode: Mode = Mode.OK
    status: int = 500
    formats: tuple[str, ...] = ("json", "verbose_json")
    delay_s: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """A client that waited for an answer went away."""
    url: str = ""

    @asynccontextmanager
    async def served(self) -> AsyncIterator[TranscriptionServer]:
        """Serve on loopback while the block runs."""
        app = web.Application()
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        asked, mode = await _asked(request), self.mode
        self.asked.append(asked)
        self.arrived.set()
        if asked.fields["response_format"] not in self.formats:
            message = f"Currently only support response_format {' or '.join(self.formats)}"
            return web.json_response({"error": {"message": message, "code": 400}}, status=400)
        try:
            await asyncio.sleep(self.delay_s)
            return await self._answered(request, asked, mode)
        except asyncio.CancelledError:
            self.left.set()
            raise

    async def _answered(self, request: web.Request, asked: Asked, mode: Mode) -> web.StreamResponse:
        match mode:
            case Mode.HANG:
                await asyncio.Event().wait()
            case Mode.ERROR:
                return web.json_response({"error": {"message": "not today"}}, status=self.status)
            case Mode.GARBAGE:
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            case Mode.LOSE if request.transport:
                request.transport.abort()
            case Mode.HALF:
                half = web.StreamResponse(headers={"Content-Length": "1000"})
                await half.prepare(request)
                await half.write(b'{"text": "track')
                if request.transport:
                    request.transport.close()
                return half
            case _:
                pass
        whole = asked.fields["response_format"] == "verbose_json"
        return web.json_response(self.answer if whole else {"text": self.answer["text"]})


async def _asked(request: web.Request) -> Asked:
    form = await request.post()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    sound = form["file"]
    assert isinstance(sound, web.FileField)
    with wave.open(io.BytesIO(sound.file.read())) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        rate, samples = file.getframerate(), file.readframes(file.getnframes())
    return Asked(fields, rate, samples, request.headers.get("Authorization", ""))
