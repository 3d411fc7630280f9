"""`python -m bench` knows every bench; the figures of the wire are read rightly off a call."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bench
from bench.__main__ import BENCHES, main
from bench.wire_figures import ANSWER, BRIDGED, GAP, OVERHEAD, STOP, WAITED, Measured
from phones.trace import Arrival, CallTrace

HELPERS = {"media_server"}


def test_every_bench_is_listed() -> None:
    folder = Path(bench.__file__).parent
    runnable = {file.stem for file in folder.glob("*.py") if "__main__" in file.read_text(encoding="utf-8")}
    assert {each.module or each.name for each in BENCHES} == runnable - HELPERS - {"__main__"}


def test_it_lists_them(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--list", "wire"])
    assert main() == 0
    assert "real Asterisk" in capsys.readouterr().out


def test_a_name_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "speed"])
    with pytest.raises(SystemExit):
        main()
    assert "no bench is called speed; there are flows" in capsys.readouterr().err


def packets(start: float, end: float) -> tuple[float, ...]:
    return tuple(start + number * 0.02 for number in range(round((end - start) / 0.02) + 1))


def call(said: tuple[str, str]) -> tuple[CallTrace, dict[str, object]]:
    """A call whose caller says `said` at 2 and at 8 s, the first time over the agent; replies come 700 ms after."""
    agent = (*packets(0.1, 2.08), *packets(3.2, 6), *packets(9.2, 10))
    trace = CallTrace(
        phone="phone",
        invited_at=-0.1,
        ringing_at=None,
        answered_at=0.0,
        ended_at=11.0,
        end=None,
        own_voiced=(*packets(2, 2.5), *packets(8, 8.5)),
        keys=(),
        arrivals=tuple(Arrival(at, number, number * 160, 1, True) for number, at in enumerate(agent)),
    )
    events = [{"kind": "bridged", "data": {"ms": 12}}]
    for text in said:
        events.append(
            {"kind": "caller_said", "data": {"ms": 0, "text": text, "recognised_ms": 80.0, "turn_ended_ms": 680}}
        )
        events.append({"kind": "understood", "data": {"ms": 0, "took_ms": 5}})
    return trace, {"id": "call_1", "events": events}


def test_the_figures_of_a_call() -> None:
    measured = Measured()
    measured.add(*call(("cancelled", "thank you")))
    assert measured.failed == []
    values = {figure: [round(value) for value in found] for figure, found in measured.values.items()}
    assert values[ANSWER] == [100]
    assert values[BRIDGED] == [12]
    assert values[STOP] == [80]
    assert values[GAP] == [700, 700]
    assert values[WAITED] == [600, 600]
    assert values[OVERHEAD] == [15, 15]
    rows = {row["figure"]: row for row in measured.summary()}
    assert rows["turn gap, beyond silence and engines"]["ok"]


def test_a_call_that_was_misheard_is_told_and_not_measured() -> None:
    measured = Measured()
    measured.add(*call(("cancelled", "")))
    assert measured.failed == ["call_1: heard ['cancelled', ''], 2 turns on the wire"]
    assert measured.summary() == []


def test_a_figure_over_its_budget_is_not_ok() -> None:
    measured = Measured()
    measured.values[ANSWER] += [50.0] * 9 + [150.0]
    (row,) = measured.summary()
    assert (row["p50_ms"], row["p95_ms"], row["ok"]) == (50.0, 150.0, False)
