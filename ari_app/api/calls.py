"""The backend's side of the API: see what became of calls, and change them while they last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from ari_app.api.asking import CancelCall, ChangeCall, ListQuery
from ari_app.api.body import parse, parse_query, read_json
from ari_app.api.callers import caller_of
from ari_app.api.calling import CallChanged, CallPage
from ari_app.api.dependencies import Dependencies
from ari_app.api.finding import found_call
from ari_app.api.masking import answer_to
from ari_app.api.paging import page_token, read_page_token
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.api.views import links, summary, view
from ari_app.store.controls import Kind
from ari_app.store.listing import Filter, Position
from ari_app.store.records import CallRecord, Status

_EVENTS = 500
_FACT = {Kind.LANGUAGE: "language", Kind.TRANSFER: "to"}
"""What a change's value is called in the request to the call's node."""


class Calls:
    """Handlers of /api/voice/calls."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def list_calls(self, request: web.Request) -> web.Response:
        """Calls by filters, the newest first, page by page."""
        query = parse_query(ListQuery, request)
        wanted = query.model_dump(exclude={"limit", "page"})
        filters = query.model_dump_json(exclude={"limit", "page"})
        after = _position(query.page, filters) if query.page else None
        calls = await self._to.store.listing.page(Filter(**wanted), after, query.limit + 1)
        shown = calls[: query.limit]
        more = len(calls) > query.limit
        token = page_token((shown[-1].created_at.isoformat(), shown[-1].id), filters) if more else None
        return answer_to(request, CallPage(calls=list(map(summary, shown)), next=token))

    async def show(self, request: web.Request) -> web.Response:
        """A call as it stands, with its attempts, callbacks and latest history."""
        call = await found_call(self._to, request)
        store = self._to.store
        shown = view(
            caller_of(request),
            call,
            attempts=await store.attempts_of(call.id),
            callbacks=await store.callbacks_of(call.id),
            lines=await store.listing.latest(call.id, _EVENTS),
        )
        return answer_to(request, shown)

    async def cancel(self, request: web.Request) -> web.Response:
        """Take a call out of the queue, or end its ringing or its talk."""
        asked = parse(CancelCall, await read_json(request)) if request.can_read_body else CancelCall()
        call = await found_call(self._to, request)
        by = caller_of(request).name
        if call.status is Status.CANCELED:
            return self._changed(request, call, done=True)
        _refuse_ended(call)
        if await self._to.store.cancel(call.id, asked.reason or "canceled", by):
            return self._changed(request, await found_call(self._to, request), done=True)
        return await self._controlled(request, call, Kind.CANCEL, {"reason": asked.reason})

    async def change(self, request: web.Request) -> web.Response:
        """Ask something of a live call: another language, its end, a transfer."""
        (kind, value), *_ = parse(ChangeCall, await read_json(request)).asked().items()
        call = await found_call(self._to, request)
        _refuse_ended(call)
        if call.status is Status.QUEUED or call.due_at:
            raise ProblemError(409, f"{call.id} is not live: nobody is on the phone. To take it back, cancel it.")
        if kind == Kind.LANGUAGE:
            self._check_language(call, str(value))
        facts = {} if kind == Kind.HANG_UP else {_FACT[Kind(kind)]: value}
        return await self._controlled(request, call, Kind(kind), facts)

    async def _controlled(
        self, request: web.Request, call: CallRecord, kind: Kind, facts: Mapping[str, object]
    ) -> web.Response:
        result = await self._to.control(call.id, kind, facts, caller_of(request).name)
        if result.error:
            raise ProblemError(409, f"{kind} of {call.id}: {result.error}.")
        return self._changed(request, await found_call(self._to, request), done=result.done)

    def _changed(self, request: web.Request, call: CallRecord, *, done: bool) -> web.Response:
        changed = CallChanged(id=call.id, status=call.status, done=done, links=links(call.id))
        return answer_to(request, changed, status=200 if done else 202)

    def _check_language(self, call: CallRecord, language: str) -> None:
        flow = self._to.flows.find(call.flow)
        if flow and language not in flow.languages:
            expected = ", ".join(flow.languages)
            raise invalid([FieldError(field="language", message=f"expected one of {expected}; got {language!r}")])


def _refuse_ended(call: CallRecord) -> None:
    if call.status.final:
        raise ProblemError(409, f"{call.id} has ended: {call.status}.")


def _position(token: str, filters: str) -> Position:
    created_at, call_id = read_page_token(token, filters, 2)
    return Position(datetime.fromisoformat(created_at), call_id)
