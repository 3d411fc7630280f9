"""Records as the API tells them."""

from __future__ import annotations

from collections.abc import Sequence

from ari_app.api.callers import Caller
from ari_app.api.calling import AttemptView, CallbackView, CallSummary, CallView, EventView, Links
from ari_app.api.masking import visible_facts
from ari_app.store.listing import Line
from ari_app.store.records import Attempt, CallbackRecord, CallRecord
from ari_app.store.result import RESULT


def links(call_id: str) -> Links:
    """Where a call is looked at."""
    path = f"/api/voice/calls/{call_id}"
    return Links(self=path, events=f"{path}/events")


def event_view(caller: Caller, line: Line) -> EventView:
    """A line of history, as far as the caller may see it."""
    event = line.event
    return EventView(id=line.id, at=event.at, kind=event.kind, data=visible_facts(caller, event.data))


def summary(call: CallRecord) -> CallSummary:
    """A call in short."""
    return CallSummary(**_common(call))


def view(
    caller: Caller,
    call: CallRecord,
    *,
    attempts: Sequence[Attempt],
    callbacks: Sequence[CallbackRecord],
    lines: Sequence[Line],
) -> CallView:
    """A call with all that belongs to it."""
    return CallView(
        **_common(call),
        inputs=dict(call.inputs),
        metadata=dict(call.metadata),
        data=dict(call.data),
        attempts=list(map(_attempt, attempts)),
        callback=next((_callback(each) for each in callbacks if each.type == RESULT), None),
        callbacks=list(map(_callback, callbacks)),
        events=[event_view(caller, line) for line in lines],
    )


def _common(call: CallRecord) -> dict[str, object]:
    names = set(CallSummary.model_fields) - {"links"}
    return {name: getattr(call, name) for name in names} | {"links": links(call.id)}


def _callback(callback: CallbackRecord) -> CallbackView:
    return CallbackView(**{name: getattr(callback, name) for name in CallbackView.model_fields})


def _attempt(attempt: Attempt) -> AttemptView:
    return AttemptView(**{name: getattr(attempt, name) for name in AttemptView.model_fields})
