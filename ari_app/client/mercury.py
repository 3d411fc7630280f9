"""The client."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from ari_app.client.errors import UnavailableError, UnreachableError, error_of
from ari_app.client.models import Accepted, Call, CallDetails, CallOrder, Changed, Event, TranscriptLine
from ari_app.client.retrying import Retrying
from ari_app.client.sending import Sender
from ari_app.client.sse import EventParser, ServerSentEvent

_CALLS = "/api/voice/calls"
_INITIATE = "/api/voice/call/initiate"
_SILENCE_S = 60.0
"""A stream that says nothing for so long, no heartbeat either, is opened anew."""


class Mercury:
    """Talks to one Mercury. Use it as a context manager, or close it.

    What can be repeated safely is: reads, cancels, and initiations, which always carry an idempotency key. A change of
    a live call is sent once. Raises `ari_app.client.errors.MercuryError`s.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout_s: float = 20.0,
        retrying: Retrying = Retrying(),  # noqa: B008
    ) -> None:
        self._sender = Sender(url, token, timeout_s, retrying)

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._sender.close()

    async def initiate(self, order: CallOrder, *, idempotency_key: str = "") -> Accepted:
        """Have a call made. The same key, and order, gives the same call; a key of its own unless given."""
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return Accepted.model_validate(await self._sender.post(_INITIATE, order.body(), headers, again=True))

    async def initiate_many(
        self, orders: Sequence[CallOrder], *, idempotency_keys: Sequence[str] = ()
    ) -> Sequence[Accepted]:
        """Have calls made, all or none, in the order given. `idempotency_keys`: one a call, or one for all."""
        items = [order.body() for order in orders]
        if len(idempotency_keys) > 1:
            items = [{**item, "idempotency_key": key} for item, key in zip(items, idempotency_keys, strict=True)]
            headers: dict[str, str] = {}
        else:
            headers = {"Idempotency-Key": idempotency_keys[0] if idempotency_keys else str(uuid.uuid4())}
        answer = await self._sender.post(_INITIATE, {"calls": items}, headers, again=True)
        return [Accepted.model_validate(call) for call in answer["calls"]]

    async def get(self, call_id: str) -> CallDetails:
        """A call as it stands."""
        return CallDetails.model_validate(await self._sender.get(_path(call_id)))

    async def list(
        self,
        *,
        status: str | None = None,
        direction: str | None = None,
        flow: str | None = None,
        order_id: str | None = None,
        to: str | None = None,
        caller: str | None = None,
        party: str | None = None,
        outcome: str | None = None,
        node: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 100,
    ) -> AsyncIterator[Call]:
        """Calls, the newest first; pages are fetched as they are needed."""
        given = {
            "status": status,
            "direction": direction,
            "flow": flow,
            "order_id": order_id,
            "to": to,
            "from": caller,
            "party": party,
            "outcome": outcome,
            "node": node,
            "created_after": created_after.isoformat() if created_after else None,
            "created_before": created_before.isoformat() if created_before else None,
        }
        query = {name: value for name, value in given.items() if value is not None} | {"limit": str(page_size)}
        while True:
            page = await self._sender.get(_CALLS, query)
            for call in page["calls"]:
                yield Call.model_validate(call)
            if not page["next"]:
                return
            query["page"] = page["next"]

    async def events(self, call_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        """A call's history after the event `after`, then what comes, until the call has ended.

        A stream that breaks is taken up where it was.
        """
        failures = 0
        while True:
            try:
                async for told in self._stream(call_id, after):
                    failures = 0
                    if told.event == "end":
                        return
                    after = int(told.id)
                    yield Event(id=after, **json.loads(told.data))
            except (UnreachableError, UnavailableError) as error:
                failures += 1
                await self._sender.pause(failures, error)

    async def cancel(self, call_id: str, reason: str = "") -> Changed:
        """Take a call out of the queue, or end its ringing or its talk. `ConflictError` once it has ended."""
        answer = await self._sender.post(f"{_path(call_id)}/cancel", {"reason": reason}, {}, again=True)
        return Changed.model_validate(answer)

    async def change(
        self, call_id: str, *, language: str | None = None, hang_up: bool = False, transfer: str | None = None
    ) -> Changed:
        """Ask one thing of a live call."""
        asked: Mapping[str, Any] = {"language": language, "hang_up": hang_up or None, "transfer": transfer}
        body = {name: value for name, value in asked.items() if value is not None}
        return Changed.model_validate(await self._sender.patch(_path(call_id), body))

    async def transcript(self, call_id: str) -> Sequence[TranscriptLine]:
        """Who said and pressed what."""
        answer = await self._sender.get(f"{_path(call_id)}/transcript")
        return [TranscriptLine.model_validate(line) for line in answer["lines"]]

    async def _stream(self, call_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        timeout = aiohttp.ClientTimeout(total=None, sock_read=_SILENCE_S)
        parser = EventParser()
        try:
            async with self._sender.http.get(f"{_path(call_id)}/events", headers=headers, timeout=timeout) as response:
                if response.status >= 400:
                    raise error_of(response.status, await response.read())
                async for piece in response.content.iter_any():
                    for told in parser.feed(piece):
                        yield told
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnreachableError(f"the stream of {call_id} broke: {str(error) or type(error).__name__}") from error


def _path(call_id: str) -> str:
    return f"{_CALLS}/{quote(call_id, safe='')}"
