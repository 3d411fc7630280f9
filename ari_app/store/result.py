"""The result of a call as the backend gets it: a Standard Webhooks message of type `call.result`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from ari_app.store.records import CallRecord, NewCall

RESULT = "call.result"
_SUBJECT_INPUTS = ("order_id", "rider_id")


def result_id(call_id: str) -> str:
    """The webhook's id: one result a call, so it follows from the call's, and a repeated message can be told."""
    return f"msg_{call_id.removeprefix('call_')}"


def subject_of(call: CallRecord | NewCall) -> str:
    """What a call decides about: the flow's order (and rider), else the call itself. Its first decision stands."""
    if not call.inputs.get("order_id"):
        return call.id
    return "/".join([call.flow, *(str(call.inputs[name]) for name in _SUBJECT_INPUTS if call.inputs.get(name))])


def result_body(call: CallRecord, *, decided_at: datetime | None, at: datetime) -> str:
    """The message's body (JSON). `call` as it stands after the decision or the end; numbers are in full."""
    return json.dumps(
        {"type": RESULT, "timestamp": at.isoformat(), "data": _data(call, decided_at)},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _data(call: CallRecord, decided_at: datetime | None) -> Mapping[str, object]:
    return {
        "call_id": call.id,
        "flow": call.flow,
        "flow_hash": call.flow_hash,
        "direction": call.direction,
        "language": call.language,
        "to": call.to,
        "from": call.caller,
        "order_id": call.inputs.get("order_id"),
        "metadata": call.metadata,
        "status": call.status,
        "outcome": call.outcome,
        "data": call.data,
        "cause": call.cause,
        "reason": call.reason,
        "created_at": call.created_at.isoformat(),
        "answered_at": _iso(call.answered_at),
        "decided_at": _iso(decided_at),
        "ended_at": _iso(call.ended_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
