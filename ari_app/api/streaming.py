"""A call's history as server-sent events: what there is, then what comes, until the call has ended.

It is read from the records, so it does not matter on which node the call lives.
"""

from __future__ import annotations

import asyncio
import json

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from ari_app.api.callers import Caller, caller_of
from ari_app.api.calling import Events
from ari_app.api.dependencies import Dependencies
from ari_app.api.finding import found_call
from ari_app.api.masking import answer_to, visible
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.api.tail import Tail
from ari_app.api.views import event_view
from ari_app.ops.logging import get_logger
from ari_app.store.listing import Line

_log = get_logger(__name__)
EVENT_STREAM = "text/event-stream"
_LOOK_S = 0.5
_HEARTBEAT_S = 15.0
_READ_S = 10.0
_WRITE_S = 10.0
"""A reader that takes nothing for so long is let go."""
_RETRY_MS = 2000


class Streams:
    """The streams that are open; `most` of them at once."""

    def __init__(self, dependencies: Dependencies, most: int) -> None:
        self._to = dependencies
        self._most = most
        self._open = 0
        self._closing = asyncio.Event()

    async def close(self, _app: web.Application) -> None:
        """Have all of them end; readers come again with the last id that they saw."""
        self._closing.set()

    async def events(self, request: web.Request) -> web.StreamResponse:
        """A call's history: all there is as JSON, or what comes too for who accepts a stream."""
        if EVENT_STREAM in request.headers.get("Accept", ""):
            return await self._follow(request)
        async with asyncio.timeout(_READ_S):
            call = await found_call(self._to, request)
            lines = await self._to.store.listing.history(call.id)
        return answer_to(request, Events(events=[event_view(caller_of(request), line) for line in lines]))

    async def _follow(self, request: web.Request) -> web.StreamResponse:
        async with asyncio.timeout(_READ_S):
            call = await found_call(self._to, request)
        tail = Tail(_last_id(request))
        if self._open >= self._most:
            detail = f"{self._most} streams are open: ask for the events as JSON, or later."
            raise ProblemError(503, detail, headers={"Retry-After": "5"})
        self._open += 1
        try:
            response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
            await response.prepare(request)
            await _write(response, f"retry: {_RETRY_MS}\n\n")
            await self._send_all(response, call.id, tail, caller_of(request))
        except (ConnectionError, TimeoutError):
            return response
        finally:
            self._open -= 1
        return response

    async def _send_all(self, response: web.StreamResponse, call_id: str, tail: Tail, caller: Caller) -> None:
        clock = self._to.clock
        sent_at = clock.now()
        while True:
            try:
                status = await self._to.store.listing.status(call_id)
                lines = await self._new_lines(call_id, tail)
            except SQLAlchemyError as error:
                _log.warning("api.stream_store_away", call_id=call_id, error=str(error))
                return
            if lines:
                await _write(response, "".join(_event(line, caller) for line in lines))
                sent_at = clock.now()
            if status is None or (status.final and not lines) or self._closing.is_set():
                if status and status.final:
                    await _write(response, f"event: end\ndata: {json.dumps({'status': status})}\n\n")
                return
            if clock.now() - sent_at >= _HEARTBEAT_S:
                await _write(response, ": heartbeat\n\n")
                sent_at = clock.now()
            await self._pause()

    async def _new_lines(self, call_id: str, tail: Tail) -> list[Line]:
        found = await self._to.store.listing.history(call_id, after=tail.floor)
        return tail.new(found, self._to.clock.now())

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_S):
                await self._closing.wait()
        except TimeoutError:
            return


async def _write(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(_WRITE_S):
        await response.write(text.encode())


def _event(line: Line, caller: Caller) -> str:
    shown = visible(caller, event_view(caller, line).model_dump(mode="json", exclude={"id"}))
    kind = line.event.kind.replace("\n", " ")
    return f"id: {line.id}\nevent: {kind}\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n"


def _last_id(request: web.Request) -> int:
    text = request.headers.get("Last-Event-ID", "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise invalid([FieldError(field="Last-Event-ID", message="expected the id of an event of this stream")])
    return int(text)
