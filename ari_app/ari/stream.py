"""The events' websocket: connect, prepare, deliver, and again for as long as it takes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from ari_app.ari.adoption import Snapshot
from ari_app.ari.backoff import Backoff
from ari_app.ari.dispatch import BacklogError
from ari_app.ari.errors import AriError
from ari_app.ari.events import Event, parse_event

_log = logging.getLogger(__name__)


class State(StrEnum):
    """Where the connection stands."""

    IDLE = "idle"
    """Not started."""
    CONNECTING = "connecting"
    CONNECTED = "connected"
    """The websocket is up, the snapshot taken."""
    REPLACED = "replaced"
    """Another client has the application: nothing is tried until `start()`."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Loss:
    """How a connection ended."""

    reason: str
    replaced: bool = False
    """Another client took the application over."""


Socket = aiohttp.ClientWebSocketResponse


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the stream is given to do; each ends by itself, within deadlines."""

    open_socket: Callable[[], Awaitable[Socket]]
    prepare: Callable[[], Awaitable[Snapshot]]
    """After each connect: set the event filter, see what there is. Raises `AriError`."""
    up: Callable[[Snapshot], Awaitable[None]]
    """Tell of the connection; events are held back until it returns."""
    down: Callable[[Loss], Awaitable[None]]
    """Tell of the loss of a connection that was told of."""
    deliver: Callable[[Event], None]
    """Hand an event on, without waiting. Raises `BacklogError`."""


class Gate:
    """Holds events back, in order, until it is opened."""

    def __init__(self, deliver: Callable[[Event], None], limit: int) -> None:
        self._deliver = deliver
        self._limit = limit
        self._held: list[Event] | None = []

    def put(self, event: Event) -> None:
        """Deliver or hold an event. Raises `BacklogError`."""
        if self._held is None:
            self._deliver(event)
        elif len(self._held) >= self._limit:
            raise BacklogError(f"{self._limit} events came before the snapshot was dealt with")
        else:
            self._held.append(event)

    def open(self) -> None:
        """Deliver what was held, then everything at once. Raises `BacklogError`."""
        held, self._held = self._held or [], None
        for event in held:
            self._deliver(event)


class Connection:
    """One websocket's life."""

    def __init__(self, app: str, socket: Socket, handlers: Handlers, hold_limit: int) -> None:
        self._app = app
        self._socket = socket
        self._handlers = handlers
        self._gate = Gate(handlers.deliver, hold_limit)
        self._failure: Loss | None = None
        self.told = False
        """Whether the connection was told of, so that its loss is to be told too."""

    async def serve(self, prepared: Callable[[], None], opened: Callable[[], None]) -> Loss:
        """Read from the first moment, prepare meanwhile; gives how it ended."""
        opening = asyncio.create_task(self._open(prepared, opened), name=f"ari opening {self._app}")
        try:
            ended = await self._read()
            await opening
        finally:
            opening.cancel()
        return ended if ended.replaced else self._failure or ended

    async def _open(self, prepared: Callable[[], None], opened: Callable[[], None]) -> None:
        try:
            snapshot = await self._handlers.prepare()
            self.told = True
            prepared()
            await self._handlers.up(snapshot)
            self._gate.open()
            opened()
        except (AriError, BacklogError) as error:
            self._failure = Loss(str(error))
            await self._socket.close()

    async def _read(self) -> Loss:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT and self._receive(message.data):
                    return Loss("another client took it over", replaced=True)
        except BacklogError as error:
            return Loss(f"callbacks are too slow: {error}")
        if fault := self._socket.exception():
            return Loss(f"the websocket failed: {fault!r}")
        return Loss(f"Asterisk closed the websocket ({self._socket.close_code})")

    def _receive(self, text: str) -> bool:
        """Hand on what came; True when it says that another client has the application now."""
        try:
            event = parse_event(json.loads(text))
        except ValueError as error:
            _log.warning("application %s: a message was dropped: %s", self._app, error)
            return False
        self._gate.put(event)
        return event.type == "ApplicationReplaced" and event.application == self._app


class EventStream:
    """One application's events, over one websocket after another."""

    def __init__(self, app: str, handlers: Handlers, backoff: Backoff, hold_limit: int) -> None:
        self._app = app
        self._handlers = handlers
        self._backoff = backoff
        self._hold_limit = hold_limit
        self.state = State.IDLE
        self.delivering = asyncio.Event()
        """Set while events reach the callbacks."""

    async def run(self, steady_s: float) -> None:
        """Connect, and again whenever the connection is lost, until replaced or cancelled (closed).

        A connection that lasted `steady_s` makes the next waits small again.
        """
        try:
            while not await self._replaced(steady_s):
                await self._pause()
        except asyncio.CancelledError:
            self.state = State.CLOSED
            raise

    async def _replaced(self, steady_s: float) -> bool:
        """One connection, from the first attempt to the loss; whether another client has the application now."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        loss = await self._connection()
        _log.warning("application %s: no events: %s", self._app, loss.reason)
        if loop.time() - began >= steady_s:
            self._backoff.reset()
        return loss.replaced

    async def _pause(self) -> None:
        wait_s = self._backoff.next_s()
        _log.info("application %s: connecting again in %.2f s", self._app, wait_s)
        await asyncio.sleep(wait_s)

    async def _connection(self) -> Loss:
        self.state = State.CONNECTING
        try:
            return await self._serve(await self._handlers.open_socket())
        except aiohttp.WSServerHandshakeError as error:
            hint = ": wrong user or password" if error.status == 401 else ""
            return Loss(f"Asterisk refused the websocket with {error.status}{hint}")
        except TimeoutError:
            return Loss("Asterisk did not answer in time")
        except (aiohttp.ClientError, OSError) as error:
            return Loss(str(error) or type(error).__name__)
        except Exception as error:
            _log.exception("application %s: a fault in the client itself", self._app)
            return Loss(f"a fault in the client itself: {error!r}")

    async def _serve(self, socket: Socket) -> Loss:
        connection = Connection(self._app, socket, self._handlers, self._hold_limit)
        try:
            loss = await connection.serve(self._prepared, self.delivering.set)
        finally:
            self.delivering.clear()
            self.state = State.CONNECTING
            await socket.close()
        if loss.replaced:
            self.state = State.REPLACED
        if connection.told:
            await self._handlers.down(loss)
        return loss

    def _prepared(self) -> None:
        self.state = State.CONNECTED
