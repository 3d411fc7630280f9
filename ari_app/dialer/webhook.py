"""Sends results as signed webhooks (Standard Webhooks 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import aiohttp
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from ari_app.dialer.lookups import CallbackHosts, CheckedResolver
from ari_app.dialer.retry import Answer, retry_after
from ari_app.dialer.urls import UrlRefusedError
from ari_app.store.records import CallbackRecord

_LONGEST_ERROR = 300
_PIECE, _PIECES = 1024, 4


class Signer:
    """Signs messages with one secret or, while one replaces another, with several (listed, or apart by spaces)."""

    def __init__(self, secrets: Sequence[str]) -> None:
        single = [secret for given in secrets for secret in given.split()]
        if not single:
            raise ValueError("expected a webhook secret (whsec_…), got none")
        try:
            self._keys = [Webhook(secret) for secret in single]
        except (ValueError, EmptyWebhookSecretError) as error:
            raise ValueError("a webhook secret must be whsec_ and base64") from error

    def headers(self, message_id: str, body: str, at: datetime) -> Mapping[str, str]:
        """The three headers of a message sent at `at`."""
        moment = at.astimezone(UTC)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(key.sign(message_id, moment, body) for key in self._keys),
        }


class WebhookSender:
    """Makes one attempt to deliver a callback; each attempt is signed anew, with its own time.

    No redirect is followed, no proxy of the environment used, no cookie kept, and of an answer little is read.
    """

    def __init__(self, signer: Signer, *, timeout_s: float, hosts: CallbackHosts, wall: Callable[[], datetime]) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._signer = signer
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._timeout_s = timeout_s
        self._hosts = hosts
        self._wall = wall

    async def send(self, callback: CallbackRecord) -> Answer:
        """Post it and say what came of it; failures are answers, not exceptions."""
        try:
            self._hosts.check_url(callback.url)
            return await self._post(callback)
        except UrlRefusedError as error:
            return Answer(0, f"callback_url refused: {error}"[:_LONGEST_ERROR])
        except TimeoutError:
            return Answer(0, f"no answer in {self._timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(0, f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def _post(self, callback: CallbackRecord) -> Answer:
        headers = {
            "content-type": "application/json",
            "user-agent": "Mercury",
            "accept-encoding": "identity",
            **self._signer.headers(callback.id, callback.body, self._wall()),
        }
        async with self._opened().post(
            callback.url,
            data=callback.body.encode(),
            headers=headers,
            allow_redirects=False,
            timeout=self._timeout,
        ) as response:
            await _read_little(response)
            if response.ok and response.status < 300:
                return Answer(response.status)
            wait_s = retry_after(response.headers.get("Retry-After"), self._wall())
            said = f"answered {response.status} {response.reason or ''}".strip()
            return Answer(response.status, said[:_LONGEST_ERROR], wait_s)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=CheckedResolver(self._hosts), use_dns_cache=False)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
            )
        return self._session


async def _read_little(response: aiohttp.ClientResponse) -> None:
    """A short body is read, so that the connection can be used again; of a longer one no more than its beginning. What
    the status says holds, whatever becomes of the body."""
    try:
        for _ in range(_PIECES):
            if not await response.content.read(_PIECE):
                return
    except (aiohttp.ClientError, TimeoutError):
        pass
    response.close()
