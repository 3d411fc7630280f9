from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO

from rich.console import Console

from load import table
from load.figures import Budget, Called, Report, Sample
from load.plot import plot


def _call(index: int, *, began: float = 0.0, ended: float = 10.0, **known: object) -> Called:
    called = Called(index, f"+91{index}", "a > b", "confirmed", 1000 + began, 1000 + ended, outcome="confirmed")
    for name, value in known.items():
        setattr(called, name, value)
    return called


def _samples() -> list[Sample]:
    return [
        Sample(
            1000.0 + second, second % 3, {"mercury": 0.5 * second, "others": 0.1 * second}, {"mercury": 100.0 + second}
        )
        for second in range(11)
    ]


def _report(*calls: Called, budget: Budget | None = None) -> Report:
    return Report(calls, _samples(), 2, budget or Budget())


def test_a_good_run_is_within_all_budgets() -> None:
    report = _report(*(_call(n, greeting_ms=80.0, turn_gaps=[(1003.0, 120.0)], jitter_p99_ms=3.0) for n in range(5)))
    assert report.broken == []
    assert report.exit_status == 0


def test_an_outcome_that_differs_fails_the_run() -> None:
    report = _report(_call(1), _call(2, differs="outcome 'rejected', expected 'confirmed'"))
    assert report.broken == ["outcomes"]
    assert report.exit_status == 1
    assert report.document()["differing"][0]["expected"] == "confirmed"


def test_so_many_set_up_failures_are_forgiven_and_no_more() -> None:
    failing = [_call(0, failed="refused: 503")]
    assert _report(*failing, *(_call(n) for n in range(1, 100))).exit_status == 0
    assert _report(*failing, *(_call(n) for n in range(1, 50))).exit_status == 1


def test_a_late_greeting_is_over_budget_but_no_failure() -> None:
    report = _report(_call(1, greeting_ms=900.0), budget=Budget(greeting_ms=500))
    assert report.broken == ["answer → greeting"]
    assert report.exit_status == 0


def test_calls_in_progress_are_counted_by_their_times() -> None:
    report = _report(
        _call(1, ended=5), _call(2, began=4, ended=9), _call(3, began=5, ended=6), _call(4, began=20, ended=30)
    )
    assert report.most_at_once == 2


def test_cpu_is_told_by_part_and_by_call_minute() -> None:
    report = _report(_call(1, ended=30), _call(2, ended=30))
    assert report.cpu_share == {"mercury": 0.5, "others": 0.1}
    *_, last = report.samples
    odd = replace(report, samples=[report.samples[0], replace(last, cpu_s={"others": -0.1})])
    assert odd.cpu_share == {"others": 0}, "less than nothing is nothing"
    assert report.cpu_per_call_s["mercury"] == 5.0
    assert report.memory_mb == {"mercury": 110.0}


def test_missing_and_repeated_results_are_told() -> None:
    document = _report(_call(1, results=0), _call(2, results=1), _call(3, results=2), _call(4)).document()
    assert (document["results_missing"], document["results_repeated"]) == (1, 1)


def test_the_picture_is_a_well_formed_svg_with_every_gap() -> None:
    gaps = [(1000.0 + n, 100.0 * n) for n in range(7)]
    drawn = plot(_report(_call(1, turn_gaps=gaps), _call(2, failed="<refused>")), "a & b")
    root = ET.fromstring(drawn)  # noqa: S314
    titles = [title.text or "" for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert sum(text.startswith("turn gap") for text in titles) == 7
    assert "a & b" in titles
    assert all(0 <= float(dot.get("cx", -1)) <= 1100 for dot in root.iter("{http://www.w3.org/2000/svg}circle"))


def test_a_run_of_nothing_has_a_picture_too() -> None:
    ET.fromstring(plot(Report([], [], 2), "nothing"))  # noqa: S314


def test_the_tables_tell_what_went_wrong() -> None:
    out = StringIO()
    report = _report(
        _call(1, greeting_ms=900.0), _call(2, failed="refused: 503 [busy]"), _call(3, differs="outcome 'x'")
    )
    table.show(report, "calls", Console(file=out, width=200))
    table.ladder([(10, report)], None, Console(file=out, width=200))
    assert "refused: 503 [busy]" in out.getvalue()
    assert "outcome 'x'" in out.getvalue()
    assert "no step held" in out.getvalue()
