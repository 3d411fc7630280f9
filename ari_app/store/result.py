"""What the backend is told of a call: Standard Webhooks messages, the result and (where wanted) what came before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from ari_app.store.records import CallRecord, NewCall

RESULT = "call.result"
"""What became of the call: once a call, whatever else is wanted."""
RINGING = "call.ringing"
ANSWERED = "call.answered"
ATTEMPT_ENDED = "call.attempt_ended"
DECIDED = "call.decided"
EVENT_TYPES = (RINGING, ANSWERED, ATTEMPT_ENDED, DECIDED)
"""What can be wanted besides the result (`Terms.events`)."""
_SUBJECT_INPUTS = ("order_id", "rider_id")


def result_id(call_id: str) -> str:
    """The webhook's id: one result a call, so it follows from the call's, and a repeated message can be told."""
    return f"msg_{call_id.removeprefix('call_')}"


def event_id(call_id: str, seq: int) -> str:
    """The webhook's id of what is no result: `seq` is its place among the call's."""
    return f"{result_id(call_id)}.{seq}"


def subject_of(call: CallRecord | NewCall) -> str:
    """What a call decides about: the flow's order (and rider), else the call itself. Its first decision stands."""
    if not call.inputs.get("order_id"):
        return call.id
    return "/".join([call.flow, *(str(call.inputs[name]) for name in _SUBJECT_INPUTS if call.inputs.get(name))])


def result_body(call: CallRecord, *, decided_at: datetime | None, at: datetime, seq: int = 1) -> str:
    """The result's body (JSON). `call` as it stands after the decision or the end; numbers are in full."""
    result = {
        "language": call.language,
        "outcome": call.outcome,
        "data": call.data,
        "cause": call.cause,
        "reason": call.reason,
        "created_at": call.created_at.isoformat(),
        "answered_at": _iso(call.answered_at),
        "decided_at": _iso(decided_at),
        "ended_at": _iso(call.ended_at),
    }
    return _body(RESULT, at, {**_call(call, seq), **result})


def event_body(kind: str, call: CallRecord, data: Mapping[str, object], *, at: datetime, seq: int) -> str:
    """The body (JSON) of another type. `call` as it stands after the event; `data` is what the event adds."""
    return _body(kind, at, {**_call(call, seq), **data})


def _body(kind: str, at: datetime, data: Mapping[str, object]) -> str:
    return json.dumps(
        {"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False, separators=(",", ":")
    )


def _call(call: CallRecord, seq: int) -> Mapping[str, object]:
    """What every type says."""
    return {
        "call_id": call.id,
        "seq": seq,
        "attempt": call.attempt_no,
        "flow": call.flow,
        "flow_hash": call.flow_hash,
        "direction": call.direction,
        "to": call.to,
        "from": call.caller,
        "order_id": call.order_id or call.inputs.get("order_id"),
        "metadata": call.metadata,
        "status": call.status,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
