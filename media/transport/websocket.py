"""ExternalMedia's websocket, `encapsulation=none,transport=websocket,connection_type=server`: Asterisk paces.

The channel is made first; its variables name the socket, which this side opens on Asterisk's HTTP server. A socket that
ends takes its channel with it, so it is opened once: a leg whose socket is gone is lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from urllib.parse import quote

import aiohttp
import structlog

from media.audio.codecs.protocol import Codec
from media.clock import Clock
from media.transport.control import FLUSH, MarkReached, MediaStarted, mark
from media.transport.protocol import MediaRequest, OnFrame, PathState, TransportError, TransportStatistics
from media.transport.session import MediaSession, Message

CONNECTION_ID = "MEDIA_WEBSOCKET_CONNECTION_ID"
MOST_UNSENT = 10
"""Frames that may wait for the socket: more are dropped."""
_ATTACH_S = 3.0
_DRAIN_S = 2.0
_CLOSE_S = 1.0
_HEARTBEAT_S = 10.0
"""A ping after so much silence; no pong in half as much ends the socket."""
_LARGEST = 65_536
MOST_CONNECTING = 2
"""Sockets being opened at once: Asterisk's HTTP server lets 10 wait, and one that finds no room loses a second."""
_log = structlog.stdlib.get_logger(__name__)
Begin = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]
"""Starts a task, and sees to it that it has ended before what it uses is closed."""


class WebsocketTransport:
    """One leg's socket: a task that reads, another that writes what the ticker leaves."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        url: str,
        session: MediaSession,
        *,
        clock: Clock,
        begin: Begin = asyncio.create_task,
        connecting: asyncio.Semaphore | None = None,
    ) -> None:
        self.request = MediaRequest(
            transport="websocket",
            encapsulation="none",
            external_host="INCOMING",
            format=session.codec.name,
            connection_type="server",
        )
        self._client = client
        self._url = url
        self._session = session
        self._clock = clock
        self._begin = begin
        self._connecting = connecting or asyncio.Semaphore(MOST_CONNECTING)
        self._on_frame: OnFrame | None = None
        self._unsent: deque[Message] = deque()
        self._work = asyncio.Event()
        self._started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._marks: dict[str, asyncio.Future[None]] = {}
        self._marked = 0
        self._life: asyncio.Task[None] | None = None
        self._lost = self._closed = False

    @property
    def last_received_at(self) -> float | None:
        """Seconds on the clock; None before the first message."""
        return self._session.last_received_at

    @property
    def lost(self) -> bool:
        """Whether the socket has ended, or never came up."""
        return self._lost

    @property
    def halted(self) -> bool:
        """Whether Asterisk takes no more just now: what is sent is dropped."""
        return self._session.halted

    @property
    def waiting(self) -> int:
        """Frames that wait in Asterisk to be played, by its last answer."""
        return self._session.waiting

    async def attach(self, answer: Mapping[str, str]) -> None:
        """Open the channel's socket, and wait for Asterisk's first word on it."""
        connection = answer.get(CONNECTION_ID)
        if not connection:
            raise TransportError(f"expected {CONNECTION_ID} of the ExternalMedia channel, got {dict(answer)!r}")
        if self._life or self._closed:
            raise RuntimeError("a websocket transport attaches once, before it is closed")
        self._life = self._begin(self._run(f"{self._url}/media/{quote(connection)}"))
        try:
            async with asyncio.timeout(_ATTACH_S):
                await asyncio.shield(self._started)
        except TimeoutError as error:
            self._life.cancel()
            raise TransportError(f"Asterisk said nothing on the media websocket within {_ATTACH_S:g} s") from error

    def start(self, on_frame: OnFrame) -> None:
        """Hand on what comes from now on."""
        self._on_frame = on_frame

    @property
    def path(self) -> PathState:
        """How the caller's audio comes just now."""
        return self._session.path

    def receive(self) -> bytes | None:
        """The caller's next 20 ms out of the jitter buffer."""
        return self._session.receive()

    def send(self, frame: bytes | None) -> None:
        """One message, when the writer comes to it; dropped and counted where too many wait already."""
        if self._lost:
            return
        messages = self._session.send(frame)
        if messages and len(self._unsent) >= MOST_UNSENT:
            self._session.dropped()
            return
        self._unsent.extend(messages)
        self._work.set()

    def skip(self, frames: int) -> None:
        """Asterisk has played what it had meanwhile."""
        self._session.emptied()

    def flush(self) -> None:
        """Throw away what waits here and in Asterisk; what was to be drained counts as drained."""
        self._unsent.clear()
        self._session.emptied()
        self._release()
        self._tell(FLUSH)

    async def drained(self) -> None:
        """Return once Asterisk has played all that was sent, or the socket has ended; in 2 s at most."""
        if self._lost or not self._started.done():
            return
        self._marked += 1
        name = str(self._marked)
        self._marks[name] = reached = asyncio.get_running_loop().create_future()
        self._tell(mark(name))
        try:
            async with asyncio.timeout(_DRAIN_S):
                await reached
        except TimeoutError:
            _log.warning("media.not_drained", waiting=self._session.waiting)
        finally:
            self._marks.pop(name, None)

    def close(self) -> TransportStatistics:
        """End the socket (Asterisk ends its channel then); the counts."""
        self._closed = True
        if self._life:
            self._life.cancel()
        return self._session.statistics()

    def _tell(self, command: str) -> None:
        if not self._lost:
            self._unsent.append(command)
            self._work.set()

    async def _run(self, url: str) -> None:
        reason = "it was closed"
        try:
            async with self._connecting:
                socket = await self._client.ws_connect(
                    url,
                    protocols=("media",),
                    heartbeat=_HEARTBEAT_S,
                    max_msg_size=_LARGEST,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_S),
                )
            reason = await self._serve(socket)
        except aiohttp.WSServerHandshakeError as error:
            reason = f"Asterisk refused it with {error.status}"
        except (aiohttp.ClientError, OSError) as error:
            reason = str(error) or type(error).__name__
        finally:
            self._end(reason)

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        writing = asyncio.create_task(self._write(socket))
        try:
            await self._read(socket)
        finally:
            writing.cancel()
            await asyncio.wait({writing})
            await socket.close()
        return f"Asterisk closed it ({socket.close_code})"

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        session, now = self._session, self._clock.now
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                at = now()
                for frame in session.audio(message.data, at):
                    if self._on_frame:
                        self._on_frame(frame, at)
            elif message.type is aiohttp.WSMsgType.TEXT:
                self._heed(message.data)

    def _heed(self, text: str) -> None:
        match self._session.control(text):
            case MediaStarted(format_name, size):
                self._check(format_name, size)
            case MarkReached(name):
                self._release(name)

    def _check(self, format_name: str, size: int) -> None:
        expected = self.request.format, self._session.codec.frame_bytes
        if (format_name, size) != expected:
            raise aiohttp.ClientError(
                f"expected {expected[0]} in frames of {expected[1]} bytes, got {format_name}, {size}"
            )
        if not self._started.done():
            self._started.set_result(None)

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """The only one that waits for the socket: while it does, the ticker's frames find no more room."""
        unsent, session = self._unsent, self._session
        try:
            while True:
                while unsent:
                    message = unsent.popleft()
                    if isinstance(message, bytes):
                        await socket.send_bytes(message)
                        session.sent()
                    else:
                        await socket.send_str(message)
                self._work.clear()
                await self._work.wait()
        except (aiohttp.ClientError, OSError) as error:
            _log.info("media.websocket_unwritable", error=repr(error))

    def _release(self, name: str | None = None) -> None:
        """A mark was reached (None: there is nothing to wait for any more)."""
        for waiting in [name] if name is not None else list(self._marks):
            reached = self._marks.get(waiting)
            if reached and not reached.done():
                reached.set_result(None)

    def _end(self, reason: str) -> None:
        self._lost = True
        self._release()
        if not self._started.done():
            self._started.set_exception(TransportError(f"the media websocket did not come up: {reason}"))
            self._started.exception()
        elif not self._closed:
            _log.warning("media.websocket_lost", reason=reason)


class Websockets:
    """Opens the transports of all calls, from one event loop. `url` is Asterisk's HTTP server's, http or https."""

    def __init__(self, url: str, clock: Clock, codec: Codec, *, jitter_ms: int = 40) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        self._codec = codec
        self._jitter_ms = jitter_ms
        self._connecting = asyncio.Semaphore(MOST_CONNECTING)
        self._client: aiohttp.ClientSession | None = None
        self._lives: set[asyncio.Task[None]] = set()

    def open(self) -> WebsocketTransport:
        """A leg's transport, to be attached to its channel."""
        if self._client is None:
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        session = MediaSession(self._codec, jitter_ms=self._jitter_ms)
        return WebsocketTransport(
            self._client, self._url, session, clock=self._clock, begin=self._begin, connecting=self._connecting
        )

    async def close(self) -> None:
        """Wait until the sockets are gone, and close what they share. Close the legs before."""
        if self._lives:
            await asyncio.wait(self._lives)
        if self._client:
            await self._client.close()
            self._client = None

    def _begin(self, life: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(life, name="media websocket")
        self._lives.add(task)
        task.add_done_callback(self._lives.discard)
        return task
