"""How sure one may be of the phrase that lies nearest: a calibrated confidence. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

BIAS, PER_DISTANCE, PER_EXTRA, PER_LEAD, PER_SHORTNESS = 3.23, -15.01, -2.04, 0.89, 1.37
"""Logistic weights, fitted by `python -m bench.matching --fit` on the tuning half of its corpus."""
THRESHOLD = 0.7
SAME_VALUE = 0.98
"""Of a number that is the option's number, and of a yes or no that only one option is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a phrase. All are shares, 0 to 1."""

    distance: float
    """Of the phrase's sounds from those that were heard for them, per phone."""
    extra: float
    """Of what was said that is not the phrase."""
    lead: float
    """How much farther the next option's phrases are."""
    shortness: float
    """1 over the phrase's phones."""


def confidence(evidence: Evidence) -> float:
    """The share of such matches that were right in the tuning half, 0 to 1."""
    logit = (
        BIAS
        + PER_DISTANCE * evidence.distance
        + PER_EXTRA * evidence.extra
        + PER_LEAD * evidence.lead
        + PER_SHORTNESS * evidence.shortness
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
