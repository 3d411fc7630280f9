"""Records to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from ari_app.store.lifecycle import FIRST
from ari_app.store.records import Attempt, CallRecord, Direction, NewCall, Status
from ari_app.store.tables import attempts, calls
from ari_app.store.terms import Terms

_FIELDS = tuple(field.name for field in fields(CallRecord))
_COLUMNS = {"to": calls.c.to_number} | {name: calls.c[name] for name in _FIELDS if name != "to"}
RECORD_COLUMNS = tuple(_COLUMNS[name].label(name) for name in _FIELDS)
"""What is selected of a call, in the order of `CallRecord`'s fields."""

ATTEMPT_COLUMNS = tuple(attempts.c[field.name] for field in fields(Attempt))
"""What is selected of an attempt, in the order of `Attempt`'s fields."""


def attempt_record(row: Row[Any]) -> Attempt:
    """The attempt of a row of `ATTEMPT_COLUMNS`."""
    return Attempt(**row._mapping)


def call_record(row: Row[Any]) -> CallRecord:
    """The record of a row of `RECORD_COLUMNS`."""
    values = dict(row._mapping)
    values["direction"] = Direction(values["direction"])
    values["status"] = Status(values["status"])
    values["terms"] = Terms.model_validate(values["terms"])
    return CallRecord(**values)


def new_row(call: NewCall, node: str, at: datetime) -> Mapping[str, object]:
    """The row that a call begins with."""
    return {
        "id": call.id,
        "direction": call.direction,
        "status": FIRST[call.direction],
        "flow": call.flow,
        "flow_hash": call.flow_hash,
        "language": call.language,
        "to_number": call.to,
        "caller": call.caller,
        "inputs": dict(call.inputs),
        "callback_url": call.callback_url,
        "metadata": dict(call.metadata),
        "idempotency_key": call.idempotency_key or None,
        "request_hash": call.request_hash,
        "node": node,
        "channel_id": "",
        "outcome": "",
        "data": {},
        "cause": 0,
        "reason": "",
        "session": "",
        "order_id": call.order_id,
        "trunk": call.trunk,
        "party": call.terms.party or call.to,
        "terms": call.terms.model_dump(mode="json", exclude_defaults=True),
        "rank": 0,
        "due_at": (call.due_at or at) if call.direction is Direction.OUTBOUND else None,
        "attempt_no": 0,
        "created_at": at,
    }
