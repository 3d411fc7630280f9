"""Calls as the tests need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ari_app.store.records import Direction, NewCall, Status
from ari_app.store.terms import Cause

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "http://127.0.0.1:1/callback"


def new_call(call_id: str, **changes: object) -> NewCall:
    call = NewCall(
        id=call_id,
        direction=Direction.OUTBOUND,
        flow="vendor_confirmation",
        flow_hash="f00d",
        language="hi",
        to="+919812345678",
        caller="+918040000000",
        inputs={"order_id": f"order of {call_id}", "vendor": "शर्मा"},
        callback_url=URL,
    )
    return replace(call, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class End:
    status: Status = Status.COMPLETED
    outcome: str = "confirmed"
    reason: str = "completed"
    data: Mapping[str, object] = field(default_factory=dict)
    again: Cause | None = None
