"""The report for people, in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from load.figures import Report

_SHOWN = 5


def show(report: Report, title: str, console: Console) -> None:
    """Write a step's tables."""
    console.print()
    console.print(_outcomes(report, title))
    console.print(_latencies(report))
    if report.cpu_share:
        console.print(_parts(report))
    _examples(report, console)


def _outcomes(report: Report, title: str) -> Table:
    document = report.document()
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("calls", str(document["calls"]))
    table.add_row("most at once", str(document["most_at_once"]))
    table.add_row("not set up", _marked(len(report.failed), "set-up failures" in report.broken))
    table.add_row("ended otherwise than pressed", _marked(len(report.differing), bool(report.differing)))
    table.add_row("outcomes", _words(document["outcomes"]))
    table.add_row("RTP packets heard, lost", f"{document['rtp_packets']}, {document['rtp_lost']}")
    if any(call.results is not None for call in report.calls):
        table.add_row("results missing, repeated", f"{document['results_missing']}, {document['results_repeated']}")
    return table


def _latencies(report: Report) -> Table:
    table = Table("milliseconds", *("n", "p50", "p95", "p99", "worst", "budget (p95)"), title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for figure in report.figures:
        row = figure.document()
        cells = [f"{row[key]:.1f}" if key in row else "–" for key in ("p50_ms", "p95_ms", "p99_ms", "worst_ms")]
        budget = "" if figure.budget_ms is None else f"{figure.budget_ms:g}"
        table.add_row(figure.name, str(row["count"]), *cells, _marked(budget, figure.over))
    return table


def _parts(report: Report) -> Table:
    table = Table("part", "of one core", "CPU s a call-minute", "memory MB")
    for column in table.columns[1:]:
        column.justify = "right"
    per_call, memory = report.cpu_per_call_s, report.memory_mb
    for part, share in sorted(report.cpu_share.items(), key=lambda each: -each[1]):
        held = f"{memory[part]:.0f}" if part in memory else ""
        table.add_row(part, f"{share:.0%}", f"{per_call[part]:.2f}" if part in per_call else "", held)
    return table


def _examples(report: Report, console: Console) -> None:
    for what, calls in (("not set up", report.failed), ("otherwise than pressed", report.differing)):
        for call in calls[:_SHOWN]:
            console.print(
                f"{what}: {call.call_id or call.number}, {call.way}: {call.failed or call.differs}", markup=False
            )
        if len(calls) > _SHOWN:
            console.print(f"{what}: and {len(calls) - _SHOWN} more, in the JSON")


def ladder(steps: Sequence[tuple[int, Report]], held: int | None, console: Console) -> None:
    """The steps of a ladder beside each other, and the highest that held."""
    table = Table(
        "at once", "calls", "not set up", "differ", "greeting p95", "turn gap p95", "RTP p99, p95", "of cores", "over"
    )
    for at_once, report in steps:
        figures = {figure.name: figure.document() for figure in report.figures}
        p95 = [f"{row['p95_ms']:.0f}" if "p95_ms" in row else "–" for row in figures.values()]
        used = sum(share for part, share in report.cpu_share.items() if part != "stolen")
        cells = (str(at_once), str(len(report.calls)), str(len(report.failed)), str(len(report.differing)))
        table.add_row(*cells, p95[1], p95[2], p95[4], f"{used:.2f} of {report.cores}", ", ".join(report.broken))
    console.print(table)
    console.print(f"held: {held} calls at once" if held else "no step held its budgets")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _marked(value: object, bad: bool) -> str:
    return f"[bold red]{value} ![/]" if bad else str(value)
