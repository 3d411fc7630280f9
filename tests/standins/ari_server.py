"""A stand-in for Asterisk's ARI: real HTTP and websockets, and every way of misbehaving that a test asks for."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

USER, PASSWORD = "shop", "sesame"


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Reply:
    """What is answered to a request; held back until `release` is set, never answered when `drop` is."""

    body: object = None
    status: int = 200
    raw: bytes | None = None
    drop: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def response(self) -> web.Response:
        if self.raw is not None:
            return web.Response(body=self.raw, status=self.status)
        if self.body is None:
            return web.Response(status=204)
        return web.json_response(self.body, status=self.status)


class AriServer:
    """`async with AriServer() as server:`; it keeps its port when stopped and started again."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[Request] = []
        self.sockets: list[web.WebSocketResponse] = []
        self._transports: list[asyncio.Transport] = []
        self.answers_pings = True
        self.refuses_websockets = 0
        self._replies: dict[tuple[str, str], Reply] = {}
        self._runner: web.AppRunner | None = None
        self._change = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        application = web.Application()
        application.router.add_get("/ari/events", self._events)
        application.router.add_route("*", "/{path:.*}", self._rest)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Cut everything and stop listening."""
        for transport in self._transports:
            _abort(transport)
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def reply(self, method: str, path: str, body: object = None, **how: Any) -> Reply:
        """Answer this from now on; held back until released when `held=True`."""
        held = how.pop("held", False)
        made = self._replies[method, path] = Reply(body, **how)
        if not held:
            made.release.set()
        return made

    async def send(self, event: Mapping[str, object] | str) -> None:
        """Send an event (or any text) over the newest websocket."""
        await self.sockets[-1].send_str(event if isinstance(event, str) else json.dumps(event))

    def cut(self) -> None:
        """Cut the newest websocket without a word."""
        _abort(self._transports[-1])

    async def connections(self, count: int) -> None:
        """Wait until so many websockets have come."""
        async with asyncio.timeout(5), self._change:
            await self._change.wait_for(lambda: len(self.sockets) >= count)

    async def asked(self, method: str, path: str, times: int = 1) -> list[Request]:
        """Wait until this was asked so often; gives the requests."""
        async with asyncio.timeout(5), self._change:
            await self._change.wait_for(lambda: len(self._matching(method, path)) >= times)
        return self._matching(method, path)

    def _matching(self, method: str, path: str) -> list[Request]:
        return [each for each in self.requests if (each.method, each.path) == (method, path)]

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        if not _knows(request):
            return web.json_response({"message": "Authentication required"}, status=401)
        path = request.raw_path.partition("?")[0].removeprefix("/ari")
        body = await request.json() if request.can_read_body else None
        async with self._change:
            self.requests.append(Request(request.method, path, dict(request.query), body))
            self._change.notify_all()
        reply = self._replies.get((request.method, path)) or _usual(request.method, path)
        if reply.drop:
            _abort(request.transport)
        await reply.release.wait()
        return reply.response()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if not _knows(request):
            return web.json_response({"message": "Authentication required"}, status=401)
        if self.refuses_websockets:
            self.refuses_websockets -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        async with self._change:
            self.sockets.append(socket)
            self._transports += [request.transport] if request.transport else []
            self._change.notify_all()
        with suppress(ConnectionError):
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        return socket


def _abort(transport: asyncio.Transport | None) -> None:
    if transport:
        transport.abort()


def _usual(method: str, path: str) -> Reply:
    """An Asterisk with nothing in it."""
    if method == "PUT" and path.endswith("/eventFilter"):
        reply = Reply({"name": "shop", "events_disallowed": []})
    elif method == "GET" and path in ("/channels", "/bridges"):
        reply = Reply([])
    else:
        reply = Reply({"message": "Resource not found"}, status=404)
    reply.release.set()
    return reply


def _knows(request: web.Request) -> bool:
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {expected}"
