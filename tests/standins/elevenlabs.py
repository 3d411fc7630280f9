"""A stand-in for ElevenLabs' text-to-speech websocket, on a real socket; it does as it is told.

It speaks a text when it is flushed or ended, in so many bytes of µ-law a character, and sends isFinal at the end.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

BYTES_A_CHARACTER = 40
_VOICE_SETTINGS = {"stability", "similarity_boost", "style", "use_speaker_boost", "speed"}


@dataclass(slots=True)
class ElevenLabsServer:
    """The service. `messages` is what each socket was sent, in order; `queries` how each was opened."""

    key: str = "the-key"
    handshake_s: float = 0.0
    """Before a socket is opened."""
    delay_s: float = 0.0
    """Before the first audio."""
    chunk_bytes: int = 333
    gap_s: float = 0.0
    """Between messages of audio."""
    status: int = 101
    """Of the handshake: 401, 429, 500 refuse it."""
    error: Mapping[str, Any] | None = None
    """Sent instead of audio; then the socket is closed with 1008."""
    cut_after: int | None = None
    """Messages of audio, after which the connection is cut."""
    close_early: bool = False
    """Closed with 1000 before isFinal."""
    spells: bool = True
    """Whether it tells which characters its audio speaks, when asked (`sync_alignment`)."""
    raw: list[str] = field(default_factory=list)
    """Messages sent instead of audio, as they are."""
    messages: list[list[dict[str, Any]]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    url: str = ""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """A socket ended."""
    close_codes: list[int | None] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/v1/text-to-speech/{voice}/stream-input", self._connected)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(dict(request.query))
        self.voices.append(request.match_info["voice"])
        if self.status != 101:
            return web.json_response({"detail": {"status": "refused"}}, status=self.status)
        await asyncio.sleep(self.handshake_s)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        try:
            await self._served(request, socket)
        finally:
            self.close_codes.append(socket.close_code)
            self.left.set()
        return socket

    async def _served(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        said: list[dict[str, Any]] = []
        self.messages.append(said)
        waiting, sent = "", 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            said.append(json.loads(message.data))
            if wrong := self._wrong(said):
                await _refuse(socket, wrong)
                return
            text = said[-1]["text"]
            waiting += text.strip() if len(said) > 1 else ""
            if waiting and (said[-1].get("flush") or not text):
                sent = await self._speak(request, socket, waiting, sent)
                waiting = ""
            if not text:
                break
        if not socket.closed and not self.close_early:
            await socket.send_str(json.dumps({"audio": None, "isFinal": True}))
        await socket.close()

    def _wrong(self, said: list[dict[str, Any]]) -> Mapping[str, Any] | None:
        if len(said) == 1:
            if said[0].get("xi_api_key") != self.key:
                return {
                    "message": f"Invalid API key {said[0].get('xi_api_key')}",
                    "error": "invalid_api_key",
                    "code": 1008,
                }
            if said[0]["text"] != " " or not set(said[0].get("voice_settings", ())) <= _VOICE_SETTINGS:
                return {"message": "Could not parse input message", "error": "invalid_input_message", "code": 1008}
            return None
        if said[-1]["text"] and not said[-1]["text"].endswith(" "):
            return {"message": "a text ends with a space", "error": "invalid_input_message", "code": 1008}
        return self.error

    async def _speak(self, request: web.Request, socket: web.WebSocketResponse, text: str, sent: int) -> int:
        await asyncio.sleep(0 if sent else self.delay_s)
        for message in self.raw:
            await socket.send_str(message)
        audio = spoken(text)
        spells = self.spells and request.query.get("sync_alignment") == "true"
        for start in range(0, len(audio), self.chunk_bytes):
            if sent == self.cut_after and request.transport:
                request.transport.abort()
            chunk = base64.b64encode(audio[start : start + self.chunk_bytes]).decode()
            await socket.send_str(
                json.dumps(
                    {
                        "audio": chunk,
                        "isFinal": None,
                        "alignment": _alignment(text, start, self.chunk_bytes) if spells else None,
                    }
                )
            )
            sent += 1
            await asyncio.sleep(self.gap_s)
        return sent


def spoken(text: str) -> bytes:
    """The µ-law that the stand-in makes of a text: bytes that tell its characters."""
    return b"".join(bytes([ord(character) % 256]) * BYTES_A_CHARACTER for character in text)


def _alignment(text: str, start: int, size: int) -> dict[str, list[Any]]:
    """The characters that begin within a chunk of a text's audio, and when: 8 bytes are a millisecond."""
    places = [place for place in range(len(text)) if start <= place * BYTES_A_CHARACTER < start + size]
    return {
        "chars": [text[place] for place in places],
        "charStartTimesMs": [(place * BYTES_A_CHARACTER - start) // 8 for place in places],
        "charsDurationsMs": [BYTES_A_CHARACTER // 8 for _ in places],
    }


async def _refuse(socket: web.WebSocketResponse, error: Mapping[str, Any]) -> None:
    await socket.send_str(json.dumps(error))
    await socket.close(code=1008, message=str(error["message"])[:100].encode())
