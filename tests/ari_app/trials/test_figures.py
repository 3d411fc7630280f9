"""Figures: what is warned of, and what a whole turn comes to."""

from __future__ import annotations

import json

import pytest

from ari_app.trials.figures import (
    FIRST_AUDIO,
    FIRST_SENTENCE,
    RESULT,
    RTF,
    Measured,
    document,
    line,
    quantile,
    turns,
    warnings,
)


def measured(kind: str, *, first: bool = True, empty: int = 0, **runs: list[float]) -> Measured:
    named = {"result": RESULT, "audio": FIRST_AUDIO, "sentence": FIRST_SENTENCE, "rtf": RTF}
    figures = {named[name]: values for name, values in runs.items()}
    return Measured("x", kind, "hi", first, patience_ms=1000, on="words", runs=figures, empty=empty)


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.9, 9), (0.01, 1), (1, 10)])
def test_a_quantile_is_one_of_the_values(share: float, value: float) -> None:
    assert quantile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == value


def test_what_is_quick_is_not_warned_of() -> None:
    assert list(warnings(measured("recognisers", result=[100, 400], rtf=[0.1, 0.2]))) == []


def test_what_is_beyond_the_patience_or_a_turn_is_warned_of() -> None:
    slow = measured("recognisers", result=[100, 1500], rtf=[1.2, 1.3], empty=2)
    assert list(warnings(slow)) == [
        "x (hi): result ms p95 1500 is beyond its patience of 1000",
        "x (hi): slower than speech, real-time factor p50 1.20",
        "x (hi): no result of 2 runs",
    ]
    assert list(warnings(measured("synthesisers", audio=[600, 700]))) == [
        "x (hi): first audio ms p50 600 alone is beyond a turn's 500 ms"
    ]


def test_a_whole_turn_is_of_first_choices_where_all_three_were_measured() -> None:
    ears, mind, voice = (
        measured("recognisers", result=[100]),
        measured("minds", sentence=[300]),
        measured("synthesisers", audio=[50]),
    )
    assert turns([ears, mind, voice]) == {"hi": 450}
    assert turns([ears, mind]) == {}
    assert turns([ears, mind, measured("synthesisers", first=False, audio=[50])]) == {}


def test_a_line_and_a_document_have_all_of_it() -> None:
    one = measured("recognisers", result=[100, 400], rtf=[0.1, 0.2])
    assert line(one) == (
        "x (recognisers, hi): result ms 100 / 400, real-time factor 0.10 / 0.20 (p50 / p95 of 2; words)"
    )
    told = json.loads(json.dumps(document(one)))
    assert told["figures"][RESULT] == {"p50": 100, "p95": 400, "runs": 2}
    assert line(Measured("x", "minds", "hi", True, 1000, error="no such server")) == "x (minds, hi): no such server"
