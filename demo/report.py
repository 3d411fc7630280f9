"""What the demo tells: a timeline a call, and build/demo/summary.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phones.measure import answer_to_voice_ms, barge_in_stop_ms, key_gaps_ms, turn_gaps_ms
from phones.trace import CallTrace


@dataclass(frozen=True, slots=True)
class Told:
    """One call of the demo, as it was scripted, as Mercury recorded it, and as the phone saw it on the wire."""

    name: str
    expected: str
    record: Mapping[str, Any]
    trace: CallTrace

    @property
    def ok(self) -> bool:
        """Whether it ended as expected."""
        return bool(self.record["outcome"] == self.expected)

    def summary(self) -> dict[str, Any]:
        """Its entry in summary.json; milliseconds, measured on the phone's wire."""
        stops = barge_in_stop_ms(self.trace)
        return {
            "name": self.name,
            "direction": self.record["direction"],
            "outcome": self.record["outcome"],
            "expected": self.expected,
            "ok": self.ok,
            "answer_to_voice_ms": _rounded(answer_to_voice_ms(self.trace)),
            "turn_gaps_ms": [_rounded(gap) for gap in turn_gaps_ms(self.trace)],
            "key_gaps_ms": [_rounded(gap) for gap in key_gaps_ms(self.trace)],
            "barge_in_stop_ms": _rounded(max(stops)) if stops else None,
        }


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that did not go as scripted."""

    name: str
    direction: str
    expected: str
    error: str

    def summary(self) -> dict[str, Any]:
        """Its entry in summary.json."""
        return {
            "name": self.name,
            "direction": self.direction,
            "outcome": "",
            "expected": self.expected,
            "ok": False,
            "answer_to_voice_ms": None,
            "turn_gaps_ms": [],
            "key_gaps_ms": [],
            "barge_in_stop_ms": None,
            "error": self.error,
        }


def summary(calls: Sequence[Told | Failed], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole of summary.json: one result a call is expected at the backend, no more."""
    outbound = [
        call.record["id"] for call in calls if isinstance(call, Told) and call.record["direction"] == "outbound"
    ]
    received = [result for result in results if _call_of(result) in outbound]
    return {
        "calls": [call.summary() for call in calls],
        "callbacks": {
            "expected": len(outbound),
            "received": len(received),
            "verified": sum(bool(result["verified"]) for result in received),
        },
    }


def succeeded(document: Mapping[str, Any]) -> bool:
    """Whether every call ended as expected, and every result arrived with a good signature."""
    callbacks = document["callbacks"]
    return all(call["ok"] for call in document["calls"]) and (
        callbacks["expected"] == callbacks["received"] == callbacks["verified"]
    )


def figures(document: Mapping[str, Any]) -> str:
    """One line a call for people."""
    lines = []
    for call in document["calls"]:
        parts = [f"{'ok ' if call['ok'] else 'NOT'} {call['name']:<28} {call['outcome']:<14}"]
        if call["answer_to_voice_ms"] is not None:
            parts.append(f"voice {call['answer_to_voice_ms']:.0f} ms after the answer")
        if call["turn_gaps_ms"]:
            parts.append("turn gaps " + ", ".join(f"{gap:.0f}" for gap in call["turn_gaps_ms"]) + " ms")
        if call["barge_in_stop_ms"] is not None:
            parts.append(f"silent {call['barge_in_stop_ms']:.0f} ms after the interruption")
        lines.append("  ".join(parts))
    return "\n".join(lines)


def _call_of(result: Mapping[str, Any]) -> str:
    return str(result["body"]["data"]["call_id"])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
