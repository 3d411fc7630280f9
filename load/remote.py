"""The REST interface of the system under load."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from load.errors import LoadError

_DEADLINE = aiohttp.ClientTimeout(total=20)
_LOOK_S = 0.4
_FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Remote:
    """Asks a Mercury. Use as `async with`."""

    def __init__(self, api_url: str, token: str) -> None:
        self._url = api_url.rstrip("/")
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}, timeout=_DEADLINE)

    async def __aenter__(self) -> Remote:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def post_call(self, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Have a call made: the status and the document, which may be a problem."""
        async with self._http.post(f"{self._url}/api/voice/call/initiate", json=body) as response:
            return response.status, await response.json(content_type=None)

    async def active(self) -> list[dict[str, Any]]:
        """The calls that have not ended."""
        return list((await self._get("/admin/calls/active"))["calls"])

    async def record(self, call_id: str) -> dict[str, Any]:
        """A call as Mercury has it."""
        return await self._get(f"/api/voice/calls/{call_id}")

    async def ended(self, call_id: str, within_s: float) -> dict[str, Any] | None:
        """The call's record once its status is final and its end is known; None when that is not within the time."""
        deadline = time.monotonic() + within_s
        while True:
            record = await self.record(call_id)
            if record["status"] in _FINAL and record["ended_at"]:
                return record
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(_LOOK_S)

    async def check(self) -> None:
        """Raises `LoadError` unless it answers, and takes the token."""
        try:
            await self.active()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise LoadError(f"Mercury does not answer at {self._url}: {type(error).__name__}: {error}") from error

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._http.get(self._url + path) as response:
            if response.status >= 400:
                raise LoadError(f"GET {path} was answered {response.status}: {(await response.text())[:300]}")
            document: dict[str, Any] = await response.json()
            return document
