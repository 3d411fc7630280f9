"""What came of the calls, and the figures of all together. Pure; times are seconds since 1970, spans milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phones.measure import percentile


@dataclass(slots=True)
class Called:
    """One call, as it was meant and as it went."""

    index: int
    number: str
    way: str
    expected: str
    began_at: float
    """When the call was asked for: the INVITE left, or the request to call was sent."""
    ended_at: float = 0.0
    call_id: str = ""
    set_up_ms: float | None = None
    """To the answer (calls in), or to the INVITE at the phone (calls out)."""
    failed: str = ""
    """Why it was not set up."""
    greeting_ms: float | None = None
    """From the answer to the agent's first voiced packet."""
    turn_gaps: list[tuple[float, float]] = field(default_factory=list)
    """When a row of keys ended, and how long after it the agent's next words began."""
    jitter_p50_ms: float | None = None
    jitter_p99_ms: float | None = None
    lost: int = 0
    packets: int = 0
    outcome: str = ""
    differs: str = ""
    """What is otherwise than what was pressed should have brought about."""
    results: int | None = None
    """How many times the result arrived; None: not listened for."""

    @property
    def ok(self) -> bool:
        """Set up, and ended as it must."""
        return not self.failed and not self.differs


@dataclass(frozen=True, slots=True)
class Sample:
    """What the parts had used, at a moment: CPU seconds so far, and memory."""

    at: float
    in_progress: int
    cpu_s: Mapping[str, float]
    memory_mb: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a figure is too much: p95 in milliseconds, unless it says otherwise."""

    greeting_ms: float = 500.0
    turn_gap_ms: float = 500.0
    jitter_ms: float = 20.0
    """Of calls' p99: half of the jitter buffer of 40 ms that phones commonly have."""
    failed_share: float = 0.01


BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing over all calls, in milliseconds."""

    name: str
    values: Sequence[float]
    budget_ms: float | None = None

    @property
    def over(self) -> bool:
        """Whether its p95 is over its budget."""
        return self.budget_ms is not None and bool(self.values) and percentile(self.values, 95) > self.budget_ms

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        spread = {f"p{p}_ms": round(percentile(self.values, p), 1) for p in (50, 95, 99)} if self.values else {}
        worst = {"worst_ms": round(max(self.values), 1)} if self.values else {}
        return {"figure": self.name, "count": len(self.values), **spread, **worst, "budget_ms": self.budget_ms}


@dataclass(frozen=True, slots=True)
class Report:
    """All of one step."""

    calls: Sequence[Called]
    samples: Sequence[Sample]
    cores: int
    budget: Budget = BUDGET

    @property
    def failed(self) -> list[Called]:
        """Calls that were not set up."""
        return [call for call in self.calls if call.failed]

    @property
    def differing(self) -> list[Called]:
        """Calls that were set up, and ended otherwise than what was pressed."""
        return [call for call in self.calls if not call.failed and call.differs]

    @property
    def figures(self) -> list[Figure]:
        """The latencies."""
        return [
            Figure("set-up", _of(self.calls, lambda call: call.set_up_ms)),
            Figure("answer → greeting", _of(self.calls, lambda call: call.greeting_ms), self.budget.greeting_ms),
            Figure(
                "keys → reply (turn gap)", [ms for c in self.calls for _, ms in c.turn_gaps], self.budget.turn_gap_ms
            ),
            Figure("RTP off its beat, p50 of a call", _of(self.calls, lambda call: call.jitter_p50_ms)),
            Figure(
                "RTP off its beat, p99 of a call", _of(self.calls, lambda c: c.jitter_p99_ms), self.budget.jitter_ms
            ),
        ]

    @property
    def most_at_once(self) -> int:
        """Calls in progress, at the most."""
        edges = sorted([(call.began_at, 1) for call in self.calls] + [(call.ended_at, -1) for call in self.calls])
        most = now = 0
        for _, change in edges:
            now += change
            most = max(most, now)
        return most

    @property
    def broken(self) -> list[str]:
        """What is over its budget, in words."""
        over = [figure.name for figure in self.figures if figure.over]
        share = len(self.failed) / max(1, len(self.calls))
        failed = ["set-up failures"] if share > self.budget.failed_share else []
        return [*failed, *(["outcomes"] if self.differing else []), *over]

    @property
    def exit_status(self) -> int:
        """1 when an outcome differs, or more calls failed than may."""
        return int(bool({"set-up failures", "outcomes"} & set(self.broken)))

    @property
    def cpu_share(self) -> dict[str, float]:
        """Of one core, by part, from the first sample to the last."""
        if len(self.samples) < 2:
            return {}
        first, last = self.samples[0], self.samples[-1]
        took_s = last.at - first.at
        return {part: round(spent / took_s, 3) for part, spent in self._spent_s(first, last)}

    @property
    def cpu_per_call_s(self) -> dict[str, float]:
        """CPU seconds a minute of a call, by part."""
        minutes = sum(max(0.0, call.ended_at - call.began_at) for call in self.calls) / 60
        if len(self.samples) < 2 or not minutes:
            return {}
        first, last = self.samples[0], self.samples[-1]
        return {part: round(spent / minutes, 3) for part, spent in self._spent_s(first, last)}

    @staticmethod
    def _spent_s(first: Sample, last: Sample) -> Iterator[tuple[str, float]]:
        """Of each part, between the two. The kernel counts the machine's time less finely than the processes'."""
        for part, used in last.cpu_s.items():
            yield part, max(0.0, used - first.cpu_s.get(part, 0.0))

    @property
    def memory_mb(self) -> dict[str, float]:
        """The most, by part."""
        parts = {part for sample in self.samples for part in sample.memory_mb}
        return {part: round(max(s.memory_mb.get(part, 0.0) for s in self.samples), 1) for part in sorted(parts)}

    def series(self) -> dict[str, Any]:
        """What happened when, in seconds since the first sample."""
        start = self.samples[0].at if self.samples else 0.0
        return {
            "samples": [
                {
                    "at_s": _since(start, sample.at),
                    "in_progress": sample.in_progress,
                    "cpu_s": {part: round(used, 2) for part, used in sample.cpu_s.items()},
                    "memory_mb": {part: round(held, 1) for part, held in sample.memory_mb.items()},
                }
                for sample in self.samples
            ],
            "calls": [
                {
                    "call": call.call_id,
                    "way": call.way,
                    "began_s": _since(start, call.began_at),
                    "ended_s": _since(start, call.ended_at),
                    "failed": call.failed,
                    "differs": call.differs,
                    "greeting_ms": call.greeting_ms and round(call.greeting_ms, 1),
                    "turn_gaps": [(_since(start, at), round(ms, 1)) for at, ms in call.turn_gaps],
                }
                for call in self.calls
            ],
        }

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "calls": len(self.calls),
            "most_at_once": self.most_at_once,
            "set_up_failures": _tally(call.failed for call in self.failed),
            "outcomes": _tally(call.outcome or "not known" for call in self.calls if not call.failed),
            "differing": [
                {"call": call.call_id, "way": call.way, "expected": call.expected, "differs": call.differs}
                for call in self.differing
            ],
            "results_missing": sum(call.results == 0 for call in self.calls),
            "results_repeated": sum((call.results or 0) > 1 for call in self.calls),
            "rtp_packets": sum(call.packets for call in self.calls),
            "rtp_lost": sum(call.lost for call in self.calls),
            "figures": [figure.document() for figure in self.figures],
            "cores": self.cores,
            "cpu_share_of_a_core": self.cpu_share,
            "cpu_s_per_call_minute": self.cpu_per_call_s,
            "memory_mb": self.memory_mb,
            "over_budget": self.broken,
            "ways": _tally(call.way for call in self.calls),
        }


def _since(start: float, at: float) -> float:
    return round(at - start, 3)


def _of(calls: Iterable[Called], figure: Callable[[Called], float | None]) -> list[float]:
    return [value for call in calls if (value := figure(call)) is not None]


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())
