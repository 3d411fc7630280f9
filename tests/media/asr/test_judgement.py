from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib import resources

import pytest

from media.asr.closed_list import Evidence
from media.asr.judgement import THRESHOLD, WEIGHTS, accepted, confidence

GOOD = Evidence(fit=-0.2, sounds=-0.8, margin=6.0, cover=0.85, pace=0.4, choices=1.1)


def test_what_fits_is_taken_and_what_does_not_is_not() -> None:
    assert accepted(confidence(GOOD), 0)
    assert not accepted(confidence(Evidence(fit=-3.0, sounds=-4.0, margin=2.0, cover=0.5, pace=1.2, choices=1.1)), 0)


@pytest.mark.parametrize(
    ("sign", "worse"),
    [("fit", -1.5), ("sounds", -2.5), ("margin", 1.0), ("cover", 0.3), ("pace", 1.5), ("choices", 3.0)],
)
def test_each_sign_counts_the_way_that_its_name_says(sign: str, worse: float) -> None:
    assert confidence(replace(GOOD, **{sign: worse})) < confidence(GOOD)


def test_a_margin_makes_it_stricter() -> None:
    assert accepted(THRESHOLD, 0) and not accepted(THRESHOLD, 0.1) and accepted(THRESHOLD - 0.05, -0.1)


def test_evidence_beyond_all_measure_is_still_a_confidence() -> None:
    assert 0 <= confidence(replace(GOOD, fit=-1e6)) < confidence(replace(GOOD, fit=1e6)) <= 1


def test_the_weights_say_how_they_were_fitted_and_are_of_these_signs() -> None:
    data = json.loads(resources.files("media.asr").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    assert set(data["weights"]) == {field.name for field in fields(Evidence)}
    assert "bench.asr_closed_list" in data["fitted"]["by"]
