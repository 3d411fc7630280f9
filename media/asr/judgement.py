"""How sure one may be of a phrase that won over the decoys: a calibrated confidence. Pure."""

from __future__ import annotations

import math

from media.asr.closed_list import Evidence

BIAS, PER_SCORE, PER_COVER, PER_PACE = -3.16, 1.12, 8.54, -1.72
"""Logistic weights, fitted by `python -m bench.asr_closed_list --fit` on the tuning half of the recordings."""
THRESHOLD = 0.7


def confidence(evidence: Evidence) -> float:
    """The share of such phrases that were right on the tuning recordings, 0 to 1."""
    logit = BIAS + PER_SCORE * evidence.score + PER_COVER * evidence.cover + PER_PACE * evidence.pace
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def accepted(sure: float, margin: float) -> bool:
    """Whether that is enough; `margin` is added to the threshold (stricter above 0)."""
    return sure >= THRESHOLD + margin
