"""Files over HTTP: deadlines, redirects over https alone, a token for one server and no other, errors in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from ari_app.ari.backoff import Backoff
from ari_app.models.errors import BrokenOffError, ModelError

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers of servers that may do better later."""
_MOST_REDIRECTS = 6
_LONGEST_ASKED_S = 120.0
"""A server that asks for a longer wait (Retry-After) is asked again after this."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Deadlines and tries. There is none for the whole: a large model on a thin line takes hours."""

    connect_s: float = 10.0
    stall_s: float = 30.0
    """Without a byte."""
    tries: int = 7
    """In a row, without a byte more."""
    most_tries: int = 200
    first_wait_s: float = 0.5
    most_wait_s: float = 30.0


class Tries:
    """What broke off is tried again, a few times without progress, a little later each time."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._backoff = Backoff(patience.first_wait_s, patience.most_wait_s)
        self._in_vain = self._all = 0

    async def again(self, error: BrokenOffError, *, progressed: bool) -> None:
        """Wait for the next try. Raises `error` when there is none."""
        if progressed:
            self._in_vain = 0
            self._backoff.reset()
        self._in_vain += 1
        self._all += 1
        if self._in_vain >= self._patience.tries or self._all >= self._patience.most_tries:
            raise error
        await asyncio.sleep(max(self._backoff.next_s(), error.wait_s))


class Web:
    """Connections for fetching. `token` goes to the server of `home`, and nowhere else. Raises `ModelError`."""

    def __init__(self, home: str, *, token: str = "", patience: Patience | None = None) -> None:
        self.home = _checked(home)
        self.patience = patience or Patience()
        self._token = token
        if token and self.home.scheme != "https" and not _is_loopback(self.home):
            raise ModelError(f"expected an https address to send a token to, got {home}")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=True,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self.patience.connect_s, sock_read=self.patience.stall_s
            ),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    @asynccontextmanager
    async def get(
        self, url: URL, what: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer, 200, 206 or 416, behind all redirects. `BrokenOffError` where another try may do better."""
        response = await self._answer(url, what, headers or {})
        try:
            self._check(response, what)
            yield response
        finally:
            response.close()

    async def _answer(self, url: URL, what: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        if self._session is None:
            raise RuntimeError("used outside of its context")
        for _ in range(_MOST_REDIRECTS):
            self._refuse_plain(url, what)
            own = {"Authorization": f"Bearer {self._token}"} if self._token and _same(url, self.home) else {}
            with as_model_errors(what):
                response = await self._session.request(
                    "GET", url, headers={"Accept-Encoding": "identity", **headers, **own}, allow_redirects=False
                )
            if response.status not in _REDIRECTS:
                return response
            target = response.headers.get("Location", "")
            response.close()
            try:
                url = url.join(URL(target, encoded=True))
            except ValueError as error:
                raise ModelError(f"{what}: expected an address in a redirect, got {target[:80]!r}") from error
        raise ModelError(f"{what}: expected a file behind at most {_MOST_REDIRECTS} redirects, there are more")

    def _refuse_plain(self, url: URL, what: str) -> None:
        """Plain HTTP is for servers on this machine, and for a hub that the settings name so."""
        if url.scheme == "https" or (url.scheme == "http" and (_same(url, self.home) or _both_local(url, self.home))):
            return
        raise ModelError(f"{what}: expected an https address, got {url.scheme}://{url.host}")

    def _check(self, response: aiohttp.ClientResponse, what: str) -> None:
        status = response.status
        if status in (200, 206, 416):
            return
        if status in (401, 403):
            raise ModelError(f"{what}: {self._refused(status)} (HTTP {status})")
        if status in _PASSING:
            wait_s = _asked_wait_s(response.headers)
            raise BrokenOffError(f"{what}: the server has trouble (HTTP {status})", wait_s)
        missing = ": there is no such model, revision or file" if status == 404 else ""
        raise ModelError(f"{what}: expected the file, got HTTP {status}{missing}")

    def _refused(self, status: int) -> str:
        if not self._token:
            return (
                "it does not exist, or wants a token: put one into run_dir/secrets/models-token "
                "(for a gated model, of an account that has accepted its terms)"
            )
        if status == 401:
            return "the token is not taken: put a good one into run_dir/secrets/models-token"
        return "the token's account may not have it: accept the model's terms on its page"


@contextmanager
def as_model_errors(what: str) -> Iterator[None]:
    """Errors of the connection in the words of models."""
    try:
        yield
    except TimeoutError as error:
        raise BrokenOffError(f"{what}: nothing came in time") from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise ModelError(f"{what}: the server's certificate is not trusted: {error}") from error
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, ConnectionError) as error:
        raise BrokenOffError(f"{what}: the connection broke: {str(error) or type(error).__name__}") from error
    except aiohttp.ClientError as error:
        raise ModelError(f"{what}: {type(error).__name__}: {error}") from error


def _asked_wait_s(headers: CIMultiDictProxy[str]) -> float:
    asked = headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_ASKED_S) if asked.isascii() and asked.isdigit() else 0.0


def _checked(address: str) -> URL:
    url = URL(address.rstrip("/"))
    if url.scheme not in ("https", "http") or not url.host or url.user or url.query_string:
        raise ModelError(f"expected the address of a model hub, such as https://huggingface.co, got {address!r}")
    return url


def _same(one: URL, other: URL) -> bool:
    return one.origin() == other.origin()


def _both_local(one: URL, other: URL) -> bool:
    return _is_loopback(one) and _is_loopback(other)


def _is_loopback(url: URL) -> bool:
    try:
        return ip_address(url.host or "").is_loopback
    except ValueError:
        return url.host == "localhost"
