"""The client: ari-py's object model over aiohttp."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Generator
from types import TracebackType

import aiohttp
from yarl import URL

from ari_app.ari import models
from ari_app.ari.address import Address, Query
from ari_app.ari.adoption import Snapshot
from ari_app.ari.answers import Answer
from ari_app.ari.backoff import Backoff
from ari_app.ari.listeners import Listeners, Registration
from ari_app.ari.options import Options
from ari_app.ari.resources import Repositories
from ari_app.ari.rest import Rest, open_session
from ari_app.ari.stream import EventStream, Handlers, Loss, Socket, State
from ari_app.ari.subscriptions import Subscriptions

_log = logging.getLogger(__name__)
_UP, _DOWN = "on_connect", "on_disconnect"
_CLOSE_HANDSHAKE_S = 1.0


class Client(Repositories, Subscriptions):
    """One Stasis application's client, with a repository for each resource: `client.channels`, `client.bridges`, …"""

    def __init__(self, address: Address, session: aiohttp.ClientSession, app: str, options: Options) -> None:
        Repositories.__init__(self, self)
        Subscriptions.__init__(self, self, options.max_waiting)
        self.app = app
        self._address = address
        self._session = session
        self._options = options
        self._rest = Rest(session, address, options.request_timeout_s)
        self._hooks = Listeners()
        self._stream = EventStream(
            app,
            Handlers(self._open_socket, self._prepare, self._tell_up, self._tell_down, self.deliver),
            Backoff(options.retry_first_s, options.retry_cap_s),
            options.max_waiting,
        )
        self._running: asyncio.Task[None] | None = None
        self._first = True

    @property
    def state(self) -> State:
        """Where the events' connection stands."""
        return self._stream.state

    @property
    def connected(self) -> bool:
        """Whether the events' connection is up."""
        return self._stream.state is State.CONNECTED

    def on_connect(self, callback: Callable[[Snapshot], object]) -> Registration:
        """Call back after each connect, before any event of that connection is delivered."""
        return self._hooks.add(_UP, "", "", callback)

    def on_disconnect(self, callback: Callable[[Loss], object]) -> Registration:
        """Call back when a connection that `on_connect` told of is lost or taken over; not for `close()`."""
        return self._hooks.add(_DOWN, "", "", callback)

    def start(self) -> None:
        """Connect for events in the background, and again whenever it is needed, until `close()`.

        After `State.REPLACED` it takes the application back. Does nothing while running.
        """
        if self._stream.state is State.CLOSED:
            raise RuntimeError("this client is closed: make another with ari.connect()")
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._stream.run(self._options.retry_cap_s), name=f"ari {self.app}")

    async def run(self) -> State:
        """`start()`, and wait until closed or replaced; gives which of the two."""
        self.start()
        if self._running:
            await asyncio.wait({self._running})
        return self._stream.state

    async def wait_connected(self, timeout_s: float) -> None:
        """Wait until events are delivered (the on_connect callbacks have returned). Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            await self._stream.delivering.wait()

    async def close(self) -> None:
        """End the connection. Channels and bridges stay as they are in Asterisk. May be repeated."""
        if self._running and not self._running.done():
            self._running.cancel()
            await asyncio.wait({self._running})
        self._stream.state = State.CLOSED
        await self.drain(self._options.close_grace_s)
        await self._session.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        await self.close()

    async def ask(self, method: str, path: str, query: Query | None = None, body: object = None) -> Answer:
        """Ask Asterisk what no repository has; `path` is encoded and begins with a slash. Raises `AriError`."""
        return await self._rest.ask(method, path, query, body)

    async def _open_socket(self) -> Socket:
        async with asyncio.timeout(self._options.request_timeout_s):
            return await self._session.ws_connect(
                URL(self._address.events(self.app, subscribe_all=self._options.subscribe_all), encoded=True),
                heartbeat=self._options.heartbeat_s,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_HANDSHAKE_S),
            )

    async def _prepare(self) -> Snapshot:
        unwanted = [{"type": name} for name in self._options.unwanted_events]
        await self.applications.filter(self.app, filter={"disallowed": unwanted})
        channels, bridges = await asyncio.gather(self.ask("GET", "/channels"), self.ask("GET", "/bridges"))
        first, self._first = self._first, False
        return Snapshot(self.app, channels.models(models.Channel), bridges.models(models.Bridge), first)

    async def _tell_up(self, snapshot: Snapshot) -> None:
        await self._tell(_UP, snapshot)

    async def _tell_down(self, loss: Loss) -> None:
        await self._tell(_DOWN, loss)

    async def _tell(self, hook: str, news: Snapshot | Loss) -> None:
        for each in self._hooks.find(hook):
            try:
                result = each.callback(news)
                if inspect.isawaitable(result):
                    async with asyncio.timeout(self._options.hook_timeout_s):
                        await result
            except Exception:
                _log.exception("the %s callback %r failed", hook, each.callback)


class Connecting:
    """What `connect()` gives: to be awaited, or entered with `async with`."""

    def __init__(self, address: Address, user: str, password: str, app: str, options: Options) -> None:
        self._arguments = (address, user, password, app, options)
        self._client: Client | None = None

    def __await__(self) -> Generator[None, None, Client]:
        return self._open().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._open()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client:
            await self._client.close()

    async def _open(self) -> Client:
        address, user, password, app, options = self._arguments
        return Client(address, open_session(user, password), app, options)


def connect(url: str, user: str, password: str, *, app: str, options: Options | None = None) -> Connecting:
    """A client of the Asterisk at `url` (`http://127.0.0.1:8088`), for the Stasis application `app`.

    Requests can be made at once. Register callbacks, then `client.start()` or `await client.run()` for events. Asterisk
    need not be there yet: `run` waits for it. Raises `ValueError` for a URL, user or name that can't be one.
    """
    if not app or "," in app:
        raise ValueError(f"expected the name of one Stasis application, got {app!r}")
    return Connecting(Address.parse(url), user, password, app, options or Options())
