"""A service that flows ask and send to while a caller waits: Jupiter, the marketplace's backend, and others like it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from ari_app.ari.backoff import Backoff
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import JupiterSettings, ServiceSettings
from media.breaker import Breaker
from media.clock import Clock, MonotonicClock

JUPITER = "jupiter"
_log = get_logger(__name__)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 256 * 1024
_FIRST_RETRY_S, _LONGEST_RETRY_S = 0.2, 2.0


class ServiceError(Exception):
    """A lookup or submission came to nothing; the text says what was asked and what came."""


class _PassingError(ServiceError):
    """It may go better the next time."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where it is, and how patient we are with it."""

    name: str
    url: str
    """`{url}/lookup/NAME` and `{url}/submit/NAME` are asked; "" when it is not set up."""
    token: str = field(default="", repr=False)
    timeout_s: float = 3.0
    breaker_failures: int = 5
    breaker_open_s: float = 10.0
    answer_url: str = ""
    """Where it is asked whether to answer a call; "" where it is not."""


def jupiter_service(settings: JupiterSettings, token: str = "") -> Service:
    """The backend of the settings; `token` where the settings give none."""
    given = settings.token.get_secret_value() if settings.token else token
    base = settings.base_url.rstrip("/")
    return Service(
        JUPITER,
        f"{base}/voice" if base else "",
        given,
        settings.timeout_s,
        settings.breaker_failures,
        settings.breaker_open_s,
        f"{base}/api/voice/call/answer" if base else "",
    )


def other_service(name: str, settings: ServiceSettings, token: str = "") -> Service:
    """A service of the settings; `token` where they give none."""
    given = settings.token.get_secret_value() if settings.token else token
    return Service(
        name, settings.url.rstrip("/"), given, settings.timeout_s, settings.breaker_failures, settings.breaker_open_s
    )


class ServiceClient:
    """Asks and sends by name: `POST {url}/lookup/{name}` and `POST {url}/submit/{name}`, JSON objects both ways.

    Always POST, for arguments may be phone numbers, which do not belong into URLs. Redirects are not followed. A
    lookup is not retried: the caller waits. A submission is, under the same key, as long as its time lasts.
    """

    def __init__(self, service: Service, clock: Clock | None = None) -> None:
        self._service = service
        self._clock = clock or MonotonicClock()
        self._breaker = Breaker(failures=service.breaker_failures, open_s=service.breaker_open_s)
        self._session: aiohttp.ClientSession | None = None

    async def lookup(
        self, name: str, arguments: Mapping[str, object], *, timeout_s: float | None = None
    ) -> Mapping[str, object]:
        """Look `name` up, within `timeout_s` (at most, and unless given, the service's). Raises `ServiceError`."""
        patience_s = self._service.timeout_s
        return await self._asked("lookup", name, arguments, {}, min(timeout_s or patience_s, patience_s))

    async def submit(
        self, name: str, values: Mapping[str, object], *, key: str, timeout_s: float
    ) -> Mapping[str, object]:
        """Send it as often as it takes, with `Idempotency-Key: {key}`, within `timeout_s`. Raises `ServiceError`.

        What is refused (4xx but 429) is not sent again.
        """
        until = self._clock.now() + timeout_s
        backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        while True:
            left_s = max(until - self._clock.now(), 0.001)
            try:
                return await self._asked(
                    "submit", name, values, {"Idempotency-Key": key}, min(left_s, self._service.timeout_s)
                )
            except _PassingError:
                pause_s = backoff.next_s()
                if self._clock.now() + pause_s >= until:
                    raise
                await asyncio.sleep(pause_s)

    async def whether_to_answer(self, call: Mapping[str, object], *, timeout_s: float) -> Mapping[str, object]:
        """Ask whether, and with which flow, a call that came in is to be answered. Raises `ServiceError`."""
        what = f"{self._service.name}: call answer"
        return await self._exchanged(self._service.answer_url, what, call, {}, timeout_s)

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def _asked(
        self, kind: str, name: str, values: Mapping[str, object], headers: Mapping[str, str], timeout_s: float
    ) -> Mapping[str, object]:
        service = self._service
        if not _NAME.fullmatch(name):
            raise ServiceError(f"{service.name}: {kind} {name!r}: expected a name of letters, digits, - and _")
        url = f"{service.url}/{kind}/{name}" if service.url else ""
        return await self._exchanged(url, f"{service.name}: {kind} {name}", values, headers, timeout_s)

    async def _exchanged(
        self, url: str, what: str, values: Mapping[str, object], headers: Mapping[str, str], timeout_s: float
    ) -> Mapping[str, object]:
        if not url:
            raise ServiceError(f"{what}: no address is set up; set jupiter.base_url, or the service's url")
        if not self._breaker.admit(self._clock.now()):
            wait_s = self._breaker.retry_s(self._clock.now())
            raise _PassingError(f"{what}: it failed before; not asked for {wait_s:.1f} s")
        try:
            status, answer = await self._post(url, values, headers, timeout_s)
        except TimeoutError as error:
            raise self._failure(what, f"no answer in {timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._failure(what, f"{type(error).__name__}: {error}") from error
        except BaseException:
            self._breaker.failed(self._clock.now())
            raise
        if status >= 500 or status == 429:
            raise self._failure(what, f"answered {status}")
        self._breaker.succeeded()
        if not 200 <= status < 300:
            raise ServiceError(f"{what}: expected 200, got {status}")
        if not isinstance(answer, dict):
            raise ServiceError(f"{what}: expected a JSON object, got {type(answer).__name__}")
        return answer

    def _failure(self, what: str, error: str) -> _PassingError:
        self._breaker.failed(self._clock.now())
        _log.warning("service.failed", what=what, error=error, breaker=self._breaker.state.name.lower())
        return _PassingError(f"{what}: {error}")

    async def _post(
        self, url: str, values: Mapping[str, object], headers: Mapping[str, str], timeout_s: float
    ) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        token = self._service.token
        async with self._session.post(
            url,
            json=dict(values),
            headers={**headers, **({"Authorization": f"Bearer {token}"} if token else {})},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            if not 200 <= response.status < 300:
                return response.status, None
            return response.status, await _json(response)


async def _json(response: aiohttp.ClientResponse) -> Any:
    """The body; one that is empty (204) has nothing to tell."""
    body = await response.content.read(_LARGEST + 1)
    while len(body) <= _LARGEST and (more := await response.content.read(_LARGEST + 1)):
        body += more
    if len(body) > _LARGEST:
        raise ValueError(f"an answer of more than {_LARGEST} bytes")
    return _loads(body) if body.strip() else {}


def _loads(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
