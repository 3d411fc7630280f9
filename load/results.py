"""Where results are sent: counts how often each call's came."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Set
from contextlib import suppress

from aiohttp import web

_MOST_BODY = 1024 * 1024


class Results:
    """A server of webhooks on this machine. Use as `async with`."""

    def __init__(self, host: str) -> None:
        self.count: Counter[str] = Counter()
        """Messages by call; one that is sent again (the same webhook-id) is counted again."""
        self._news = asyncio.Event()
        self._host = host
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Results:
        app = web.Application(client_max_size=_MOST_BODY)
        app.add_routes([web.post("/results", self._take)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.5, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self.url = f"http://{self._host}:{self._runner.addresses[0][1]}/results"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def wait(self, calls: Set[str], within_s: float) -> None:
        """Wait until each of these calls' results has come, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while calls - set(self.count):
                    self._news.clear()
                    await self._news.wait()

    async def _take(self, request: web.Request) -> web.Response:
        try:
            message = await request.json()
            if message["type"] == "call.result":
                self.count[str(message["data"]["call_id"])] += 1
                self._news.set()
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400, text="expected a message of the type call.result, with a call_id")
        return web.Response(status=204)
