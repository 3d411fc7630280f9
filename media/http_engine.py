"""What engines behind HTTP and websockets share: one session, deadlines, bounded answers, errors in engines' words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.workers.line import Rank
from media.workers.places import Places

Query = Sequence[tuple[str, str]]
_CLOSE_S = 0.04
"""A websocket is closed politely within this, or cut."""
_QUEUE = 64
"""Requests that may wait for a connection."""
_KEEP_S = 60.0
"""An idle connection is kept so long: the turns of calls come seconds apart."""
_REASON_BYTES, _REASON_SHOWN = 4096, 200


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to get a connection (a free place counts), from one byte to the next, and for the whole answer."""

    connect_s: float = 2.0
    first_byte_s: float = 5.0
    whole_s: float = 10.0

    def __post_init__(self) -> None:
        for name in ("connect_s", "first_byte_s", "whole_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} above 0, got {getattr(self, name)!r}")


class RefusedError(EngineError):
    """The server answered, but not with success: `status`, and `reason` as it gave it (key hidden, shortened)."""

    def __init__(self, what: str, status: int, reason: str) -> None:
        super().__init__(f"{what}: expected success, got HTTP {status}" + (f": {reason}" if reason else ""))
        self.status = status
        self.reason = reason


class CutError(EngineError):
    """The connection broke while it was in use."""


class KeyRefusedError(RefusedError, EngineUnavailableError):
    """401 or 403: the key is wrong, missing, or lacks the right."""


class OverloadedError(RefusedError, EngineBusyError):
    """429 or 503: the server has too much to do, or the account's quota is used up."""


class EngineHttp:
    """One engine's connections to one server. Safe to share by all calls; cancelling a request cuts its connection.

    Raises `EngineUnavailableError` for a URL that is none. `key` goes into `Authorization: {scheme} {key}`, or as it is
    into `key_header`, and is in no text. No redirect is followed, and no proxy of the environment is used.
    `reason_header` is where the server says why it refuses a websocket.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        key: str = "",
        scheme: str = "Bearer",
        key_header: str = "",
        reason_header: str = "",
        deadlines: Deadlines | None = None,
        connections: int = 64,
        largest_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        base = _checked(name, url)
        self.name = name
        self.deadlines = deadlines or Deadlines()
        self._base = base
        self._key = key
        self._headers = {} if not key else {key_header: key} if key_header else {"Authorization": f"{scheme} {key}"}
        self._reason_header = reason_header
        self._places = Places(name, connections, queue=max(_QUEUE, connections))
        self._largest = largest_bytes
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def close(self) -> None:
        """Close all connections, for good. Idempotent."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def post(
        self,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        form: Callable[[], aiohttp.FormData] | None = None,
        query: Query = (),
        whole_s: float | None = None,
        rank: Rank = Rank.WAITING,
    ) -> bytes:
        """The whole answer to a POST of JSON (`body`) or a form (made anew for each try). Raises `EngineError`."""
        async with self.stream(path, body=body, form=form, query=query, whole_s=whole_s, rank=rank) as answer:
            return b"".join([chunk async for chunk in answer.chunks()])

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        form: Callable[[], aiohttp.FormData] | None = None,
        query: Query = (),
        whole_s: float | None = None,
        rank: Rank = Rank.WAITING,
    ) -> AsyncIterator[Answer]:
        """The answer as it comes; leaving early cuts the connection. It may be left in another task than entered.

        `rank`: who goes first where all connections are in use.
        Sent once more if the connection broke before any answer: a kept one may have been closed on the other side.
        """
        what = f"{self.name}: POST {path}"
        async with self._places.held(rank, self.deadlines.connect_s):
            with _as_engine_errors(what):
                response = await self._sent(path, body, form, query, whole_s or self.deadlines.whole_s)
            try:
                if not 200 <= response.status < 300:
                    raise await self._refusal(what, response)
                yield Answer(what, response, self._largest)
            finally:
                response.close()

    @asynccontextmanager
    async def websocket(self, path: str, *, query: Query = (), rank: Rank = Rank.WAITING) -> AsyncIterator[Socket]:
        """A websocket; closed within 50 ms on leaving. Raises `EngineError` when it can't be had."""
        what = f"{self.name}: websocket {path}"
        async with self._places.held(rank, self.deadlines.connect_s):
            socket = await self._connected(what, self._at(path, query))
            try:
                yield Socket(what, socket, self._shown)
            finally:
                await _closed(socket)

    async def _connected(self, what: str, url: URL) -> aiohttp.ClientWebSocketResponse:
        with _as_engine_errors(what):
            try:
                async with asyncio.timeout(self.deadlines.connect_s + self.deadlines.first_byte_s):
                    return await self._opened().ws_connect(
                        url, timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_S), max_msg_size=self._largest
                    )
            except aiohttp.WSServerHandshakeError as error:
                given = error.headers.get(self._reason_header, "") if error.headers and self._reason_header else ""
                raise _refused(what, error.status, self._shown(given or error.message)) from error

    async def _sent(
        self,
        path: str,
        body: Mapping[str, object] | None,
        form: Callable[[], aiohttp.FormData] | None,
        query: Query,
        whole_s: float,
    ) -> aiohttp.ClientResponse:
        now = asyncio.get_running_loop().time
        until = now() + whole_s
        for last in (False, True):
            try:
                return await self._opened().post(
                    self._at(path, query),
                    json=body,
                    data=form() if form else None,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(
                        total=max(until - now(), 0.001),
                        connect=self.deadlines.connect_s,
                        sock_read=self.deadlines.first_byte_s,
                    ),
                )
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if last or isinstance(error, aiohttp.ClientConnectorError):
                    raise
        raise AssertionError("the last try returns or raises")

    def _opened(self) -> aiohttp.ClientSession:
        if self._closed:
            raise EngineUnavailableError(f"{self.name}: it is closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_S),
            )
        return self._session

    def _at(self, path: str, query: Query) -> URL:
        url = self._base.with_path(self._base.path.rstrip("/") + path)
        return url.with_query([*self._base.query.items(), *query])

    async def _refusal(self, what: str, response: aiohttp.ClientResponse) -> EngineError:
        with _as_engine_errors(what):
            reason = await response.content.read(_REASON_BYTES)
        return _refused(what, response.status, self._shown(_reason_of(reason)))

    def _shown(self, reason: str) -> str:
        """What a server said, on one line, shortened, without our key."""
        plain = " ".join(reason.split())
        if self._key:
            plain = plain.replace(self._key, "***")
        return plain[:_REASON_SHOWN]


class Answer:
    """A successful answer, read as it comes. Every read raises `EngineError`."""

    def __init__(self, what: str, response: aiohttp.ClientResponse, largest: int) -> None:
        self._what = what
        self._response = response
        self._largest = largest

    @property
    def content_type(self) -> str:
        """Such as "audio/wav"; without parameters."""
        return self._response.content_type

    async def chunks(self) -> AsyncIterator[bytes]:
        """Bytes, as they come from the network."""
        got = 0
        while True:
            with _as_engine_errors(self._what):
                chunk = await self._response.content.readany()
            if not chunk:
                return
            got += len(chunk)
            if got > self._largest:
                raise EngineError(f"{self._what}: expected an answer of at most {self._largest} bytes, it goes on")
            yield chunk

    async def lines(self) -> AsyncIterator[str]:
        """Lines without their ends, as server-sent events have them."""
        rest = b""
        async for chunk in self.chunks():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line.rstrip(b"\r").decode("utf-8", "replace")
        if rest:
            yield rest.decode("utf-8", "replace")


class Socket:
    """An open websocket. One task may receive while others send."""

    def __init__(self, what: str, socket: aiohttp.ClientWebSocketResponse, shown: Callable[[str], str]) -> None:
        self._what = what
        self._socket = socket
        self._shown = shown

    async def send(self, message: str | bytes) -> None:
        """Send a text or binary message. Raises `CutError` when the socket is closed."""
        with _as_engine_errors(self._what):
            if isinstance(message, str):
                await self._socket.send_str(message)
            else:
                await self._socket.send_bytes(message)

    async def receive(self) -> str | bytes | None:
        """The next message; None when the server closed as it should. Raises `CutError` where it did not."""
        with _as_engine_errors(self._what):
            message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        if self._socket.close_code == aiohttp.WSCloseCode.OK:
            return None
        said = f": {self._shown(message.extra)}" if isinstance(message.extra, str) and message.extra else ""
        raise CutError(f"{self._what}: cut, close code {self._socket.close_code}{said}")


def json_object(what: str, body: str | bytes) -> Mapping[str, object]:
    """A JSON object. Raises `EngineError` with what came instead."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise EngineError(f"{what}: expected JSON, got {body[:80]!r}") from error
    if not isinstance(value, dict):
        raise EngineError(f"{what}: expected a JSON object, got {type(value).__name__}")
    return value


async def _closed(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Say goodbye if that is quick; a peer that takes nothing any more is cut off (aiohttp does so when cancelled)."""
    try:
        async with asyncio.timeout(_CLOSE_S):
            await socket.close()
    except (TimeoutError, aiohttp.ClientError, OSError):
        return


def _checked(name: str, url: str) -> URL:
    try:
        base = URL(url)
    except (ValueError, TypeError) as error:
        raise EngineUnavailableError(f"{name}: expected a URL, got {url!r}: {error}") from error
    if base.scheme not in ("http", "https", "ws", "wss") or not base.host:
        raise EngineUnavailableError(f"{name}: expected a URL such as https://host/v1, got {url!r}")
    return base


def _refused(what: str, status: int, reason: str) -> RefusedError:
    if status in (401, 403):
        return KeyRefusedError(what, status, reason)
    if status in (429, 503):
        return OverloadedError(what, status, reason)
    return RefusedError(what, status, reason)


def _reason_of(body: bytes) -> str:
    """The message in a JSON error of any of the usual shapes, else the text itself."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    for key in ("error", "detail", "message", "err_msg"):
        if isinstance(value, dict) and key in value:
            value = value[key]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@contextmanager
def _as_engine_errors(what: str) -> Iterator[None]:
    try:
        yield
    except EngineError:
        raise
    except TimeoutError as error:
        raise EngineBusyError(f"{what}: {str(error) or 'no answer in time'}") from error
    except aiohttp.ClientConnectorError as error:
        raise EngineUnavailableError(f"{what}: can't connect: {error}") from error
    except (aiohttp.ClientConnectionError, ConnectionError) as error:
        raise CutError(f"{what}: {type(error).__name__}: {error}") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise EngineError(f"{what}: {type(error).__name__}: {error}") from error
