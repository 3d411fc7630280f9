from __future__ import annotations

import pytest

from media.asr.whisper_guards import Evidence, Invented, Limits, confidence, invented, repeats

LIMITS = Limits()


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (Evidence("Track my order.", -0.2, 0.01, 900), None),
        (Evidence("मेरा ऑर्डर कहाँ है", -0.5, 0.05, 1200), None),
        (Evidence("दोन", -0.9, 0.3, 200), None),
        (Evidence("", -0.9, 0.3, 200), None),
        (Evidence("Yes.", -0.2, 0.9, 300), None),
        (Evidence("Yes.", -1.5, 0.3, 300), None),
        (Evidence("Yes.", -0.2, 0.01, 0), Invented.NOTHING_VOICED),
        (Evidence("Yes.", -0.2, 0.01, 60), Invented.NOTHING_VOICED),
        (Evidence("Yes.", -1.1, 0.7, 300), Invented.NO_SPEECH),
        (Evidence("Yes.", -2.1, 0.1, 300), Invented.IMPROBABLE),
        (Evidence("no " * 40, -0.1, 0.01, 9000), Invented.REPEATS),
        (Evidence("हाँ जी " * 20, -0.1, 0.01, 9000), Invented.REPEATS),
        (Evidence("I would like to know where my order is today", -0.2, 0.1, 200), Invented.INCREDIBLE),
        (Evidence("Thank you for watching!", -0.2, 0.1, 80), Invented.INCREDIBLE),
    ],
)
def test_what_is_believed(evidence: Evidence, why: Invented | None) -> None:
    assert invented(evidence, LIMITS) is why


def test_the_limits_are_settings() -> None:
    evidence = Evidence("Yes.", -1.1, 0.7, 300)
    assert invented(evidence, Limits(no_speech=0.8)) is None
    assert invented(evidence, Limits(logprob=-1.2)) is None


def test_repetition_is_seen_in_any_text_long_enough_to_tell() -> None:
    assert repeats("haan haan " * 10, LIMITS)
    assert not repeats("haan haan", LIMITS)
    assert not repeats("", LIMITS)


@pytest.mark.parametrize(
    ("logprob", "no_speech", "sure"),
    [(0.0, 0.0, 1.0), (-0.6931, 0.0, 0.5), (0.0, 0.25, 0.75), (0.5, -1.0, 1.0), (-50.0, 0.0, 0.0), (0.0, 1.5, 0.0)],
)
def test_confidence_is_of_0_to_1(logprob: float, no_speech: float, sure: float) -> None:
    assert confidence(logprob, no_speech) == pytest.approx(sure, abs=1e-3)
