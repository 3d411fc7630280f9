"""A call's history as a person reads it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops import timeline
from ari_app.ops.timeline import render

UNTOLD = {"caller_started", "ended", "flight"}
"""Noted for figures and links; where they are of use, the line after each says it, too."""


def call(*events: tuple[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {
        "id": "call_1",
        "flow": "order",
        "language": "hi",
        "direction": "outbound",
        "from": "+9180",
        "to": "+9198",
        "status": "completed",
        "outcome": "confirmed",
        "data": {"ready_in": 20},
        "reason": "completed",
        "events": [{"kind": kind, "data": data} for kind, data in events],
        **changes,
    }


def lines(*events: tuple[str, dict[str, Any]]) -> list[str]:
    return [line.strip() for line in render(call(*events)).splitlines()[1:-1]]


def test_whose_call_it_is_and_how_it_ended() -> None:
    assert render(call()).splitlines() == [
        "call_1  order (hi)  → +9198",
        "  = completed: confirmed (ready_in=20) – completed",
    ]
    inbound = call(direction="inbound", outcome="", data=None, reason="", status="in-progress")
    assert render(inbound).splitlines() == ["call_1  order (hi)  ← +9180", "  = in-progress: open"]


def test_a_document_without_events() -> None:
    document = call()
    del document["events"]
    assert len(render(document).splitlines()) == 2


def test_lines_are_told_by_their_time_not_by_that_of_their_writing() -> None:
    assert lines(("key", {"ms": 2000, "digit": "2"}), ("key", {"ms": 1000, "digit": "1"})) == [
        "1.000  key      1",
        "2.000  key      2",
    ]


@pytest.mark.parametrize(
    ("kind", "data", "line"),
    [
        ("state", {"state": "setting_up", "because": "answered"}, "· setting up (answered)"),
        ("state", {"state": "dialing"}, "· dialing"),
        ("bridged", {}, "· bridged"),
        ("agent_started", {"utterance": "s1"}, "agent    begins"),
        ("said", {"text": "नमस्ते", "complete": True}, "agent    “नमस्ते”"),
        ("said", {"text": "नमस्ते", "complete": False}, "agent    “नमस्ते”  ✂ cut short"),
        ("barged_in", {"heard": "नमस्ते"}, "caller   interrupts"),
        (
            "caller_said",
            {"text": "agent", "engine": "pocketsphinx", "confidence": 0.861, "recognised_ms": 61.4},
            "caller   “agent”  pocketsphinx 0.86, in 61 ms",
        ),
        ("caller_said", {"text": ""}, "caller   (not understood)"),
        ("understood", {"guesses": {"agent": 0.91, "repeat": 0.05}}, "meant    agent 0.91, repeat 0.05"),
        ("silence", {}, "silence  no answer"),
        ("decided", {"outcome": "confirmed", "accepted": True, "stands": "confirmed"}, "decided  confirmed"),
        (
            "decided",
            {"outcome": "confirmed", "accepted": False, "stands": "rejected"},
            "decided  confirmed refused: rejected stands",
        ),
        ("decision_failed", {"error": "no answer"}, "decision NOT committed: no answer"),
        ("fetched", {"name": "order_status"}, "lookup   order_status"),
        ("fetch_failed", {"name": "order_status", "error": "late"}, "lookup   order_status failed: late"),
        ("engine_failed", {"engine": "voice", "error": "broken"}, "engine   voice failed: broken"),
        ("setup_failed", {"error": "no bridge"}, "setup    failed: no bridge"),
        ("history_dropped", {"lines": 3}, "· 3 lines are missing: the database did not answer"),
        (
            "media_closed",
            {"received": 10, "sent": 20, "lost": 1},
            "· media closed: 10 packets in, 20 out, 1 lost",
        ),
        (
            "media_closed",
            {"received": 10, "sent": 20, "lost": 0, "mos": 4.37},
            "· media closed: 10 packets in, 20 out, 0 lost, MOS about 4.4",
        ),
    ],
)
def test_each_kind_of_line(kind: str, data: dict[str, Any], line: str) -> None:
    assert lines((kind, {"ms": 1250, **data})) == [f"1.250  {line}"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [("said", {"ms": 1, "text": ""}), ("understood", {"ms": 1, "guesses": {}}), ("later", {"ms": 1}), ("key", {})],
)
def test_what_says_nothing_to_a_person_is_left_out(kind: str, data: dict[str, Any]) -> None:
    assert lines((kind, data)) == []


def test_every_line_that_a_call_notes_is_told() -> None:
    noted = set()
    for file in (Path(timeline.__file__).parents[1] / "calls").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                if ast.unparse(node.func.value).endswith("log"):
                    continue  # a flight log's
                first = node.args[0]
                assert isinstance(first, ast.Constant)
                noted.add(first.value)
    assert noted
    assert noted - UNTOLD == set(timeline._DESCRIBE)
