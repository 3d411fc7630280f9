"""Lookups at Jupiter, the marketplace's backend, while a caller waits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import aiohttp

from ari_app.jupiter.breaker import Breaker
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import JupiterSettings
from media.clock import Clock, MonotonicClock

_log = get_logger(__name__)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 256 * 1024


class LookupFailedError(Exception):
    """A lookup gave nothing; the text says what was asked and what came."""


class JupiterClient:
    """Asks for facts by name: `POST {base_url}/voice/lookup/{name}` with the arguments as JSON, answered by an object.

    POST, for arguments may be phone numbers, which do not belong into URLs. Nothing is retried: the caller waits.
    """

    def __init__(self, settings: JupiterSettings, clock: Clock | None = None) -> None:
        self._base_url = settings.base_url.rstrip("/")
        self._token = settings.token.get_secret_value() if settings.token else ""
        self._timeout_s = settings.timeout_s
        self._clock = clock or MonotonicClock()
        self._breaker = Breaker(failures=settings.breaker_failures, open_s=settings.breaker_open_s)
        self._session: aiohttp.ClientSession | None = None

    async def fetch(
        self, name: str, arguments: Mapping[str, object], *, timeout_s: float | None = None
    ) -> Mapping[str, object]:
        """Look `name` up, within `timeout_s` (at most, and unless given, the settings').

        Raises `LookupFailedError`.
        """
        if not self._base_url:
            raise LookupFailedError(f"lookup {name}: no backend is set up; set jupiter.base_url")
        if not _NAME.fullmatch(name):
            raise LookupFailedError(f"lookup {name!r}: expected a name of letters, digits, - and _")
        if not self._breaker.admit(self._clock.now()):
            wait_s = self._breaker.retry_s(self._clock.now())
            raise LookupFailedError(f"lookup {name}: the backend failed before; not asked for {wait_s:.1f} s")
        return await self._asked(name, arguments, min(timeout_s or self._timeout_s, self._timeout_s))

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def _asked(self, name: str, arguments: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        try:
            status, answer = await self._post(name, arguments, timeout_s)
        except TimeoutError as error:
            raise self._failure(name, f"no answer in {timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._failure(name, f"{type(error).__name__}: {error}") from error
        except BaseException:
            self._breaker.failed(self._clock.now())
            raise
        if status >= 500 or status == 429:
            raise self._failure(name, f"answered {status}")
        self._breaker.succeeded()
        if status != 200:
            raise LookupFailedError(f"lookup {name}: expected 200, got {status}")
        if not isinstance(answer, dict):
            raise LookupFailedError(f"lookup {name}: expected a JSON object, got {type(answer).__name__}")
        return answer

    def _failure(self, name: str, what: str) -> LookupFailedError:
        self._breaker.failed(self._clock.now())
        _log.warning("jupiter.failed", lookup=name, error=what, breaker=self._breaker.state.name.lower())
        return LookupFailedError(f"lookup {name}: {what}")

    async def _post(self, name: str, arguments: Mapping[str, object], timeout_s: float) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.post(
            f"{self._base_url}/voice/lookup/{name}",
            json=dict(arguments),
            headers={"Authorization": f"Bearer {self._token}"} if self._token else {},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            if response.status != 200:
                return response.status, None
            return response.status, await _json(response)


async def _json(response: aiohttp.ClientResponse) -> Any:
    body = await response.content.read(_LARGEST + 1)
    while len(body) <= _LARGEST and (more := await response.content.read(_LARGEST + 1)):
        body += more
    if len(body) > _LARGEST:
        raise ValueError(f"an answer of more than {_LARGEST} bytes")
    return _loads(body)


def _loads(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
