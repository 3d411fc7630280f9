"""ARI's requests over HTTP: one connection pool, a deadline on every request."""

from __future__ import annotations

import asyncio
import base64

import aiohttp
from yarl import URL

from ari_app.ari.address import Address, Query
from ari_app.ari.answers import Answer
from ari_app.ari.errors import AriTimeout, AriUnreachable

KEEP_ALIVE_S = 10.0
"""Below the 15 s after which Asterisk closes an idle connection (http.conf, session_keep_alive): a request is not sent
into a connection that is being closed."""

MOST_CONNECTIONS = 8
"""The events' websocket is one. Asterisk's HTTP server lets 10 wait to be accepted: one more of a burst finds no room,
and comes again a second later (TCP). Requests are answered as fast over a few connections as over many."""


class Rest:
    """Asks Asterisk. What is not idempotent is never asked twice: a caller that chose its own ids can do so safely."""

    def __init__(self, session: aiohttp.ClientSession, address: Address, timeout_s: float) -> None:
        self._session = session
        self._address = address
        self._timeout_s = timeout_s

    async def ask(self, method: str, path: str, query: Query | None = None, body: object = None) -> Answer:
        """Asterisk's answer, in `timeout_s` at most. Raises `AriError`."""
        if self._session.closed:
            raise AriUnreachable(0, "this client is closed", method, path)
        url = URL(self._address.rest(path, query), encoded=True)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._session.request(method, url, json=body, allow_redirects=False) as response,
            ):
                answer = Answer(method, path, response.status, await response.read())
        except TimeoutError as error:
            raise AriTimeout(0, f"no answer within {self._timeout_s:g} s", method, path) from error
        except (aiohttp.ClientError, OSError) as error:
            raise AriUnreachable(0, str(error) or type(error).__name__, method, path) from error
        return answer.checked()


def open_session(user: str, password: str) -> aiohttp.ClientSession:
    """The pool of connections to one Asterisk. Needs a running loop."""
    if ":" in user:
        raise ValueError(f"expected an ARI user without a colon, got {user!r}")
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    return aiohttp.ClientSession(
        headers={"Authorization": f"Basic {credentials}"},
        connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=KEEP_ALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
    )
