"""Examples of the OpenAPI document: each is what its model takes or gives."""

from __future__ import annotations

from typing import Any

_ID = "call_5f0c2a"
_LINKS = {"self": f"/api/voice/calls/{_ID}", "events": f"/api/voice/calls/{_ID}/events"}
_MADE, _RANG, _ANSWERED, _ENDED = (f"2026-03-01T12:00:{second:02}Z" for second in (0, 1, 7, 31))

INITIATE: dict[str, Any] = {
    "flow": "vendor_confirmation",
    "to": "+919812345678",
    "language": "hi",
    "inputs": {"order_id": "A17", "vendor": "शर्मा स्वीट्स", "items": ["2 paneer tikka", "1 lassi"], "total": 450},
    "purpose": "order",
    "party": "vendor-31",
    "priority": 2,
    "latest_at": "2026-03-01T12:20:00+05:30",
    "ring_s": 40,
    "retries": {"busy": {"times": 2, "wait_s": [60, 180]}, "no_answer": {"times": 1, "wait_s": [300]}, "most": 3},
    "machine": "hang_up",
    "callback_url": "https://jupiter.example/voice/callback",
    "metadata": {"shift": 2},
}
ACCEPTED: dict[str, Any] = {"id": _ID, "status": "queued", "links": _LINKS}
_SUMMARY: dict[str, Any] = {
    "id": _ID,
    "direction": "outbound",
    "status": "completed",
    "flow": "vendor_confirmation",
    "flow_hash": "91c2d6",
    "language": "hi",
    "to": "+919812345678",
    "from": "+918040000000",
    "order_id": "A17",
    "trunk": "exotel",
    "terms": {"purpose": "order", "party": "vendor-31", "priority": 2},
    "outcome": "confirmed",
    "cause": 16,
    "reason": "completed",
    "node": "node-1",
    "attempt_no": 1,
    "due_at": None,
    "created_at": _MADE,
    "answered_at": _ANSWERED,
    "ended_at": _ENDED,
    "links": _LINKS,
}
EVENTS: dict[str, Any] = {
    "events": [
        {"id": 16, "at": _ANSWERED, "kind": "said", "data": {"ms": 6900, "text": "•", "complete": True}},
        {"id": 17, "at": _ENDED, "kind": "key", "data": {"ms": 21000, "digit": "1"}},
    ]
}
_CALLBACK: dict[str, Any] = {
    "id": "msg_5f0c2a",
    "type": "call.result",
    "status": "delivered",
    "attempts": 1,
    "last_error": "",
    "next_at": None,
    "ended_at": _ENDED,
}
CALL: dict[str, Any] = {
    **_SUMMARY,
    "inputs": {"order_id": "A17", "total": 450},
    "metadata": {"shift": 2},
    "data": {"ready_in": 20},
    "attempts": [
        {
            "ordinal": 1,
            "node": "node-1",
            "trunk": "exotel",
            "at": _MADE,
            "dialled_at": _RANG,
            "answered_at": _ANSWERED,
            "ended_at": _ENDED,
            "outcome": "confirmed",
            "cause": 16,
            "sip_status": 200,
            "machine": "human",
            "reason": "completed",
        }
    ],
    "callback": _CALLBACK,
    "callbacks": [_CALLBACK],
    **EVENTS,
}
CALL_PAGE: dict[str, Any] = {"calls": [_SUMMARY], "next": None}
CANCEL: dict[str, Any] = {"reason": "the customer took the order back"}
CANCELED: dict[str, Any] = {"id": _ID, "status": "canceled", "done": True, "links": _LINKS}
CHANGE: dict[str, Any] = {"transfer": "+918047112200"}
CHANGED: dict[str, Any] = {"id": _ID, "status": "in-progress", "done": True, "links": _LINKS}
RECORDINGS: dict[str, Any] = {
    "recordings": [
        {"name": "call.wav", "bytes": 768044, "changed_at": _ENDED, "link": f"{_LINKS['self']}/recordings/call.wav"}
    ]
}
TRANSCRIPT: dict[str, Any] = {
    "lines": [
        {"at": _ANSWERED, "ms": 6900, "who": "agent", "kind": "speech", "text": "नमस्ते, शर्मा स्वीट्स?"},
        {"at": _ENDED, "ms": 21000, "who": "caller", "kind": "key", "text": "1"},
    ]
}
ACTIVE: dict[str, Any] = {
    "calls": [
        {
            "id": _ID,
            "direction": "outbound",
            "status": "in-progress",
            "flow": "vendor_confirmation",
            "language": "hi",
            "to": "+91******5678",
            "from": "+91******0000",
            "node": "node-1",
            "created_at": _MADE,
            "answered_at": _ANSWERED,
        }
    ]
}
FLOWS: dict[str, Any] = {"flows": [{"name": "vendor_confirmation", "before": "91c2d6", "after": "a1f09b"}]}
ENGINES_LOADING: dict[str, Any] = {
    "generation": 2,
    "loads": ["synthesiser kokoro"],
    "shares": ["recogniser whisper", "mind llm"],
}
ENGINES: dict[str, Any] = {
    "generations": [
        {
            "number": 1,
            "stage": "leaving",
            "calls": 1,
            "held_by": [_ID],
            "engines": [{"name": "synthesiser espeak-ng", "ram_mib": 50, "vram_mib": 0}],
        },
        {
            "number": 2,
            "stage": "current",
            "calls": 0,
            "held_by": [],
            "engines": [{"name": "synthesiser kokoro", "ram_mib": 600, "vram_mib": 900}],
        },
    ],
    "loading": False,
    "failure": "",
    "budget_ram_mib": 24000,
    "budget_vram_mib": 11500,
}
AUDIT: dict[str, Any] = {
    "lines": [
        {
            "at": _MADE,
            "actor": "jupiter",
            "action": "initiate",
            "target": _ID,
            "status": 202,
            "remote": "10.0.0.7",
            "data": {"flow": "vendor_confirmation", "replayed": False},
        }
    ],
    "next": None,
}
HEALTH: dict[str, Any] = {"ok": True, "checks": {"store": {"ok": True, "detail": "answers"}}}
