from __future__ import annotations

import json
from dataclasses import replace

from ari_app.store.records import CallRecord, Status
from ari_app.store.result import result_body, result_id, subject_of
from ari_app.store.rows import new_row
from tests.ari_app.store.samples import NOON, new_call


def record(**inputs: object) -> CallRecord:
    row = dict(new_row(new_call("call_1", inputs=inputs), "node-1", NOON))
    row["to"] = row.pop("to_number")
    for name in ("idempotency_key", "request_hash", "party"):
        row.pop(name)
    return CallRecord(**row, answered_at=None, ended_at=None)  # type: ignore[arg-type]


def test_the_id_follows_from_the_calls() -> None:
    assert result_id("call_5f00") == "msg_5f00"
    assert result_id("inbound-7") == "msg_inbound-7"


def test_a_subject_is_the_order_of_a_flow() -> None:
    assert subject_of(record(order_id="A17")) == "vendor_confirmation/A17"


def test_riders_decide_each_for_themselves() -> None:
    assert subject_of(record(order_id="A17", rider_id="r9")) == "vendor_confirmation/A17/r9"


def test_a_call_about_no_order_decides_for_itself() -> None:
    assert subject_of(record(vendor="x")) == "call_1"
    assert subject_of(record(order_id="", rider_id="r9")) == "call_1"


def test_the_body_tells_all() -> None:
    call = replace(record(order_id="A17"), outcome="confirmed", data={"minutes": 20}, status=Status.IN_PROGRESS)
    body = json.loads(result_body(call, decided_at=NOON, at=NOON))
    assert body["type"] == "call.result"
    assert body["timestamp"] == "2026-03-01T12:00:00+00:00"
    data = body["data"]
    assert data["to"] == "+919812345678"
    assert (data["order_id"], data["outcome"], data["data"]) == ("A17", "confirmed", {"minutes": 20})
    assert (data["status"], data["decided_at"], data["ended_at"]) == ("in-progress", "2026-03-01T12:00:00+00:00", None)
