"""Requests and their answers: sent again where that is safe, with growing, jittered waits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import aiohttp

from ari_app.client.errors import ConflictError, MercuryError, ProblemError, UnreachableError, error_of
from ari_app.client.retrying import PASSING, Retrying, retry_after_s


class Sender:
    """One connection pool, one token."""

    def __init__(self, url: str, token: str, timeout_s: float, retrying: Retrying) -> None:
        self._url = url
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._retrying = retrying
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """The session, opened at its first use."""
        if self._http is None:
            headers = {"Authorization": f"Bearer {self._token}"}
            self._http = aiohttp.ClientSession(self._url, headers=headers, timeout=self._timeout)
        return self._http

    async def close(self) -> None:
        """Close the connections."""
        if self._http:
            await self._http.close()

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """GET a document."""
        return await self._send("GET", path, again=True, params=dict(query or {}))

    async def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str], *, again: bool) -> Any:
        """POST a document, and get one; `again`: it may be sent twice."""
        return await self._send("POST", path, again=again, json=body, headers=dict(headers))

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """PATCH once."""
        return await self._send("PATCH", path, again=False, json=body)

    async def pause(self, failures: int, error: MercuryError, asked_s: float | None = None) -> None:
        """Wait before the next try; raises the error when there is to be none."""
        wait_s = self._retrying.wait_s(failures, random.random(), asked_s)  # noqa: S311 - it only spreads load
        if wait_s is None:
            raise error
        await asyncio.sleep(wait_s)

    async def _send(self, method: str, path: str, *, again: bool, **arguments: Any) -> Any:
        failures = 0
        while True:
            try:
                answer, error, asked_s = await self._once(method, path, **arguments)
            except (aiohttp.ClientError, TimeoutError) as broken:
                answer, asked_s = None, None
                error = UnreachableError(f"{method} {path}: {str(broken) or type(broken).__name__}")
                error.__cause__ = broken
            if error is None:
                return answer
            failures += 1
            if not _passing(error, again=again, asked_s=asked_s):
                raise error
            await self.pause(failures, error, asked_s)

    async def _once(self, method: str, path: str, **arguments: Any) -> tuple[Any, MercuryError | None, float | None]:
        async with self.http.request(method, path, **arguments) as response:
            if response.status >= 400:
                error = error_of(response.status, await response.read())
                return None, error, retry_after_s(response.headers)
            try:
                return await response.json(), None, None
            except ValueError as error:
                raise aiohttp.ClientPayloadError(f"expected JSON: {error}") from error


def _passing(error: MercuryError, *, again: bool, asked_s: float | None) -> bool:
    """Whether another try may mend it, and does no harm. After 429 nothing was done, whatever was asked."""
    if not isinstance(error, ProblemError):
        return again
    if isinstance(error, ConflictError):
        return again and asked_s is not None
    return error.problem.status == 429 or (again and error.problem.status in PASSING)
