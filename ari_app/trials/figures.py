"""Figures of engines that were measured, what to warn of, and how they are shown. Pure.

A whole turn is the recogniser's result, the mind's first sentence and the voice's first audio; 500 ms is what it is to
take on a 12 GB GPU. An engine slower than its patience is passed over in a chain (docs/engines.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

TURN_BUDGET_MS = 500.0
RESULT, FIRST_SENTENCE, FIRST_AUDIO, DECISION = "result ms", "first sentence ms", "first audio ms", "decision ms"
FIRST_TOKEN, RTF, RATE, JUDGED = "first token ms", "real-time factor", "tokens/s", "judged ms"
_OF_A_TURN = (RESULT, FIRST_SENTENCE, DECISION, FIRST_AUDIO)
"""What the caller waits for, one of each kind of engine."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine in one language. `runs`: by figure, a value each run."""

    engine: str
    kind: str
    language: str
    first: bool
    """Whether it is the first choice there."""
    patience_ms: float
    on: str = ""
    """What it was measured on."""
    runs: Mapping[str, Sequence[float]] = field(default_factory=dict)
    empty: int = 0
    """Runs that gave nothing: no text, no audio, no answer."""
    error: str = ""


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p50(measured: Measured, figure: str) -> float:
    """The median, in one of the values."""
    return quantile(measured.runs[figure], 0.5)


def waited_ms(measured: Measured) -> float | None:
    """What a caller waits for it, p50; None where it is no part of the wait, or failed."""
    return next((p50(measured, figure) for figure in _OF_A_TURN if measured.runs.get(figure)), None)


def warnings(measured: Measured) -> Iterator[str]:
    """What is wrong with its figures."""
    where = f"{measured.engine} ({measured.language})"
    for figure in _OF_A_TURN:
        if values := measured.runs.get(figure):
            if (slow := quantile(values, 0.95)) > measured.patience_ms:
                yield f"{where}: {figure} p95 {slow:.0f} is beyond its patience of {measured.patience_ms:.0f}"
            elif (middle := quantile(values, 0.5)) > TURN_BUDGET_MS:
                yield f"{where}: {figure} p50 {middle:.0f} alone is beyond a turn's {TURN_BUDGET_MS:.0f} ms"
    if measured.runs.get(RTF) and p50(measured, RTF) >= 1:
        yield f"{where}: slower than speech, real-time factor p50 {p50(measured, RTF):.2f}"
    if measured.empty:
        yield f"{where}: no result of {measured.empty} runs"


def turns(all_measured: Iterable[Measured]) -> dict[str, float]:
    """By language, what a whole turn of its first choices takes (p50s together), where all three were measured."""
    waits: dict[str, dict[str, float]] = {}
    for one in all_measured:
        if one.first and (waited := waited_ms(one)) is not None:
            waits.setdefault(one.language, {})[one.kind] = waited
    return {language: sum(kinds.values()) for language, kinds in waits.items() if len(kinds) == 3}


def line(measured: Measured) -> str:
    """All its figures, p50 and p95."""
    head = f"{measured.engine} ({measured.kind}, {measured.language})"
    if measured.error:
        return f"{head}: {measured.error}"
    parts = [
        f"{figure} {_said(quantile(values, 0.5))} / {_said(quantile(values, 0.95))}"
        for figure, values in measured.runs.items()
        if values
    ]
    count = max((len(values) for values in measured.runs.values()), default=0)
    return f"{head}: {', '.join(parts) or 'no figure'} (p50 / p95 of {count}; {measured.on})"


def document(measured: Measured) -> dict[str, object]:
    """The same for JSON."""
    figures = {
        figure: {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "runs": len(values)}
        for figure, values in measured.runs.items()
        if values
    }
    return {
        "engine": measured.engine,
        "kind": measured.kind,
        "language": measured.language,
        "first_choice": measured.first,
        "on": measured.on,
        "figures": figures,
        "empty": measured.empty,
        "error": measured.error,
        "warnings": list(warnings(measured)),
    }


def _said(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
