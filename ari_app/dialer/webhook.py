"""Sends results as signed webhooks (Standard Webhooks 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import aiohttp
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from ari_app.dialer.retry import Answer, retry_after
from ari_app.dialer.urls import CheckUrl, UrlRefusedError
from ari_app.store.records import CallbackRecord

_LONGEST_ERROR = 300


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
    """Makes one attempt to deliver a callback; each attempt is signed anew, with its own time."""

    def __init__(
        self,
        signer: Signer,
        *,
        timeout_s: float,
        check_url: CheckUrl,
        wall: Callable[[], datetime],
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._signer = signer
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._timeout_s = timeout_s
        self._check_url = check_url
        self._wall = wall

    async def send(self, callback: CallbackRecord) -> Answer:
        """Post it and say what came of it; failures are answers, not exceptions."""
        try:
            self._check_url(callback.url)
            return await self._post(callback)
        except UrlRefusedError as error:
            return Answer(0, f"callback_url refused: {error}")
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
            **self._signer.headers(callback.id, callback.body, self._wall()),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.post(
            callback.url,
            data=callback.body.encode(),
            headers=headers,
            allow_redirects=False,
            timeout=self._timeout,
        ) as response:
            if response.ok and response.status < 300:
                return Answer(response.status)
            wait_s = retry_after(response.headers.get("Retry-After"), self._wall())
            return Answer(response.status, f"answered {response.status} {response.reason or ''}".strip(), wait_s)
