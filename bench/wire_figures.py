"""The figures of a call on the wire, and their budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from phones.measure import (
    answer_to_voice_ms,
    barge_in_stop_ms,
    jitter,
    key_gaps_ms,
    percentile,
    turn_gaps_ms,
)
from phones.trace import CallTrace

SAID = ("cancelled", "thank you")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is measured, and how long it may take at p95 (None: no promise)."""

    name: str
    budget_ms: float | None = None


ANSWER = Figure("answer → first voice", 100)
BRIDGED = Figure("StasisStart → bridged", 20)
STOP = Figure("barge-in → silence", 150)
GAP = Figure("turn gap, all in all")
OVERHEAD = Figure("turn gap, beyond silence and engines", 20)
WAITED = Figure("silence that ended a turn")
RECOGNISED = Figure("recogniser, after the turn")
UNDERSTOOD = Figure("classifier")
KEY = Figure("# → voice of a prompt to be rendered")
JITTER = Figure("agent's packets off their beat, p99 of a call", 10)
FIGURES = (ANSWER, BRIDGED, STOP, GAP, OVERHEAD, WAITED, RECOGNISED, UNDERSTOOD, KEY, JITTER)


@dataclass(slots=True)
class Measured:
    """What was measured, by figure, in milliseconds. `voice_ms`: what a voice takes that has to render each reply."""

    voice_ms: float = 0.0
    values: dict[Figure, list[float]] = field(default_factory=lambda: {figure: [] for figure in FIGURES})
    failed: list[str] = field(default_factory=list)

    def add(self, trace: CallTrace, record: Mapping[str, Any]) -> None:
        """Read a call's figures off its wire and its history."""
        gaps = turn_gaps_ms(trace)
        heard = [_data(event) for event in record["events"] if event["kind"] == "caller_said"]
        if tuple(turn["text"] for turn in heard) != SAID or len(gaps) != len(SAID):
            self.failed.append(
                f"{record['id']}: heard {[turn['text'] for turn in heard]}, {len(gaps)} turns on the wire"
            )
            return
        understood = [float(_data(event)["took_ms"]) for event in record["events"] if event["kind"] == "understood"]
        waited = [turn["turn_ended_ms"] - turn["ms"] - turn["recognised_ms"] for turn in heard]
        self.values[ANSWER] += [ms for ms in [answer_to_voice_ms(trace)] if ms is not None]
        self.values[BRIDGED].append(_bridged_ms(record))
        self.values[STOP] += barge_in_stop_ms(trace)
        self.values[GAP] += gaps
        self.values[WAITED] += waited
        self.values[RECOGNISED] += [turn["recognised_ms"] for turn in heard]
        self.values[UNDERSTOOD] += understood
        self.values[KEY] += key_gaps_ms(replace(trace, keys=tuple(key for key in trace.keys if key.key == "#")))
        self.values[JITTER] += [strayed.p99_ms for strayed in [jitter(trace.arrivals)] if strayed]
        self.values[OVERHEAD] += [
            gap - silence - turn["recognised_ms"] - took - self.voice_ms
            for gap, silence, turn, took in zip(gaps, waited, heard, understood, strict=True)
        ]

    def summary(self) -> list[dict[str, Any]]:
        """A row a figure."""
        return [_row(figure, values) for figure, values in self.values.items() if values]


def _row(figure: Figure, values: Sequence[float]) -> dict[str, Any]:
    p95 = percentile(values, 95)
    return {
        "figure": figure.name,
        "count": len(values),
        "p50_ms": round(percentile(values, 50), 1),
        "p95_ms": round(p95, 1),
        "worst_ms": round(max(values), 1),
        "budget_ms": figure.budget_ms,
        "ok": figure.budget_ms is None or p95 <= figure.budget_ms,
    }


def _bridged_ms(record: Mapping[str, Any]) -> float:
    """From the call's StasisStart, where its history begins, to its leg and its media in one bridge."""
    return next(float(_data(event)["ms"]) for event in record["events"] if event["kind"] == "bridged")


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data: Mapping[str, Any] = event["data"]
    return data
