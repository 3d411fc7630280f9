"""The backend's side of the API: make a call, see what became of it."""

from __future__ import annotations

import re

from aiohttp import web

from ari_app.api.answers import answer
from ari_app.api.body import digest, parse, read_json
from ari_app.api.dependencies import CallFlow, Dependencies
from ari_app.api.models import CallAccepted, CallbackView, CallView, Events, EventView, InitiateCall, Links
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.dialer.urls import UrlRefusedError
from ari_app.store.calls import IdempotencyConflictError
from ari_app.store.records import CallbackRecord, CallEvent, CallRecord, Direction, NewCall, Status
from ivr_flows.problems import InputError

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_EVENTS = 500


class Calls:
    """Handlers of /api/voice."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def initiate(self, request: web.Request) -> web.Response:
        """Record a call, then have it made. Answers once it is committed."""
        key = _idempotency_key(request)
        body = await read_json(request)
        asked = parse(InitiateCall, body)
        flow = self._checked(asked)
        new = NewCall(
            id=self._to.new_id(),
            direction=Direction.OUTBOUND,
            flow=asked.flow,
            flow_hash=flow.hash,
            language=asked.language or flow.languages[0],
            to=asked.to,
            caller=asked.caller or self._to.caller_id,
            inputs=asked.inputs,
            callback_url=asked.callback_url or "",
            metadata=asked.metadata,
            idempotency_key=key,
            request_hash=digest(body),
        )
        try:
            call = await self._to.store.create(new)
        except IdempotencyConflictError as error:
            raise invalid([FieldError(field="Idempotency-Key", message=str(error))]) from error
        if call.status is Status.QUEUED:
            await self._to.enqueue(call.id)
        accepted = CallAccepted(id=call.id, status=Status.QUEUED, links=_links(call.id))
        headers = {"Location": accepted.links.self} | ({"Idempotent-Replayed": "true"} if call.id != new.id else {})
        return answer(accepted, status=202, headers=headers)

    async def show(self, request: web.Request) -> web.Response:
        """A call as it stands, with its latest history; numbers in full."""
        call = await self._found(request)
        callbacks = await self._to.store.callbacks_of(call.id)
        events = await self._to.store.events(call.id, limit=_EVENTS)
        return answer(_view(call, callbacks[0] if callbacks else None, events=list(map(_event, events))))

    async def events(self, request: web.Request) -> web.Response:
        """All of a call's history."""
        call = await self._found(request)
        return answer(Events(events=[_event(event) for event in await self._to.store.events(call.id)]))

    async def _found(self, request: web.Request) -> CallRecord:
        call_id = request.match_info["id"]
        call = await self._to.store.get(call_id)
        if call is None:
            raise ProblemError(404, f"There is no call {call_id}.")
        return call

    def _checked(self, asked: InitiateCall) -> CallFlow:
        flow = self._to.flows.find(asked.flow)
        if flow is None:
            names = ", ".join(sorted(self._to.flows.names()))
            raise invalid([FieldError(field="flow", message=f"expected one of {names}; got {asked.flow!r}")])
        errors = [*self._wrong_url(asked), *_wrong_language(asked, flow), *_wrong_inputs(asked, flow)]
        if errors:
            raise invalid(errors)
        return flow

    def _wrong_url(self, asked: InitiateCall) -> list[FieldError]:
        if asked.callback_url:
            try:
                self._to.check_url(asked.callback_url)
            except UrlRefusedError as error:
                return [FieldError(field="callback_url", message=str(error))]
        return []


def _wrong_language(asked: InitiateCall, flow: CallFlow) -> list[FieldError]:
    if asked.language is None or asked.language in flow.languages:
        return []
    expected = ", ".join(flow.languages)
    return [FieldError(field="language", message=f"expected one of {expected}; got {asked.language!r}")]


def _wrong_inputs(asked: InitiateCall, flow: CallFlow) -> list[FieldError]:
    try:
        flow.check_inputs(asked.inputs)
    except InputError as error:
        return [FieldError(field=f"inputs.{error.field}", message=f"expected {error.expected}, got {error.got!r}")]
    return []


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if key and not _KEY.fullmatch(key):
        raise invalid([FieldError(field="Idempotency-Key", message="expected 1 to 255 visible ASCII characters")])
    return key


def _links(call_id: str) -> Links:
    path = f"/api/voice/calls/{call_id}"
    return Links(self=path, events=f"{path}/events")


def _event(event: CallEvent) -> EventView:
    return EventView(at=event.at, kind=event.kind, data=dict(event.data))


def _view(call: CallRecord, callback: CallbackRecord | None, *, events: list[EventView]) -> CallView:
    return CallView(
        id=call.id,
        direction=call.direction,
        status=call.status,
        flow=call.flow,
        flow_hash=call.flow_hash,
        language=call.language,
        to=call.to,
        caller=call.caller,
        inputs=dict(call.inputs),
        metadata=dict(call.metadata),
        outcome=call.outcome,
        data=dict(call.data),
        cause=call.cause,
        reason=call.reason,
        node=call.node,
        created_at=call.created_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        callback=_callback(callback) if callback else None,
        events=events,
        links=_links(call.id),
    )


def _callback(callback: CallbackRecord) -> CallbackView:
    return CallbackView(
        id=callback.id,
        status=callback.status,
        attempts=callback.attempts,
        last_error=callback.last_error,
        next_at=callback.next_at,
        ended_at=callback.ended_at,
    )
