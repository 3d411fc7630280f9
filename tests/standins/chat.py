"""A stand-in for servers of OpenAI's chat completions: streams what it is told to, as slowly and as badly as told.

    python -m tests.standins.chat [--port 0] [--say "It is on its way. In ten minutes."] [--first-s 0.2] [--gap-s 0.02]

It prints `READY http://127.0.0.1:PORT/v1`, and answers every request with these words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request is answered."""

    words: tuple[str, ...] = ()
    """Pieces of text, each an event of its own."""
    calls: tuple[Mapping[str, Any], ...] = ()
    """Deltas of tool calls, each an event of its own."""
    finish: str = "stop"
    """The finish reason; "" leaves it out, and [DONE] with it."""
    events: tuple[str, ...] = ()
    """What else is sent, as it is, behind the words."""
    status: int = 200
    error: str = "no"
    first_s: float = 0.0
    gap_s: float = 0.0
    dribble: int = 0
    """So many bytes at a time; 0: whole events."""
    alive: int = 0
    """Comments before the first event, a gap apart: signs of life without a token."""
    cut_after: int | None = None
    """Events after which the connection is cut."""
    hang_after: int | None = None
    """Events after which nothing more comes, until the client goes."""


def says(text: str, **more: Any) -> Answer:
    """Words, one event each."""
    return Answer(tuple(f"{word} " for word in text.split()), **more)


def calls(name: str, arguments: str, **more: Any) -> Answer:
    """A tool call, its arguments in pieces of five letters."""
    pieces = [arguments[at : at + 5] for at in range(0, len(arguments), 5)]
    begin = {"index": 0, "id": "call-1", "type": "function", "function": {"name": name, "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in pieces]
    return Answer(calls=(begin, *rest), finish="tool_calls", **more)


@dataclass(slots=True)
class ChatServer:
    """The server. Each request takes the next answer; the last one is given again and again."""

    answers: deque[Answer]
    key: str = ""
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Bodies, in order."""
    sent: int = 0
    """Events of the present answer so far."""
    sending: asyncio.Event = field(default_factory=asyncio.Event)
    """Something of an answer was sent."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """A client went before its answer was whole."""

    def app(self) -> web.Application:
        """The server's application."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _refusal(401, "Incorrect API key provided")
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if answer.status != 200:
            return _refusal(answer.status, answer.error)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        try:
            await self._stream(request, response, answer)
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise
        return response

    async def _stream(self, request: web.Request, response: web.StreamResponse, answer: Answer) -> None:
        await response.prepare(request)
        await asyncio.sleep(answer.first_s)
        for _ in range(answer.alive):
            await response.write(b": still loading\n\n")
            await asyncio.sleep(answer.gap_s)
        for self.sent, event in enumerate(_events(answer)):
            if self.sent == answer.cut_after:
                assert request.transport is not None
                request.transport.abort()
                return
            if self.sent == answer.hang_after:
                await asyncio.Event().wait()
            await _write(response, f"data: {event}\n\n".encode(), answer.dribble)
            self.sending.set()
            await asyncio.sleep(answer.gap_s)
        await response.write_eof()


@asynccontextmanager
async def chat_server(*answers: Answer, key: str = "") -> AsyncIterator[ChatServer]:
    """A server on a free port of 127.0.0.1."""
    server = ChatServer(deque(answers), key)
    runner = web.AppRunner(server.app(), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()


def _events(answer: Answer) -> Iterable[str]:
    yield _event({"role": "assistant", "content": ""})
    for word in answer.words:
        yield _event({"content": word})
    for call in answer.calls:
        yield _event({"tool_calls": [call]})
    yield from answer.events
    if answer.finish:
        yield _event({}, answer.finish)
        yield "[DONE]"


def _event(delta: Mapping[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice]}, ensure_ascii=False)


async def _write(response: web.StreamResponse, data: bytes, dribble: int) -> None:
    for at in range(0, len(data), dribble or len(data)):
        await response.write(data[at : at + (dribble or len(data))])
        if dribble:
            await asyncio.sleep(0)


def _refusal(status: int, error: str) -> web.Response:
    return web.json_response({"error": {"message": error, "type": "refused"}}, status=status)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--say", default="It is on its way. In ten minutes.")
    parser.add_argument("--first-s", type=float, default=0.2)
    parser.add_argument("--gap-s", type=float, default=0.02)
    options = parser.parse_args()
    server = ChatServer(deque([says(options.say, first_s=options.first_s, gap_s=options.gap_s)]))
    asyncio.run(_serve(server, options.port))


async def _serve(server: ChatServer, port: int) -> None:
    runner = web.AppRunner(server.app(), handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"READY http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    _main()
