"""How sure one may be of the phrase that fits best: a calibrated confidence. Pure.

The weights are data (`closed_list_weights.json`, which tells how they were fitted), made by
`python -m bench.asr_closed_list --fit`.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from functools import cache
from importlib import resources

from media.asr.closed_list import Evidence

THRESHOLD = 0.7
"""Fitted so that 5 % of the tuning half's unlisted words reach it in lists of ten."""
WEIGHTS = "closed_list_weights.json"


@cache
def _weights() -> tuple[dict[str, float], float]:
    data = json.loads(resources.files("media.asr").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return data["weights"], data["bias"]


def confidence(evidence: Evidence) -> float:
    """How likely the phrase is right, 0 to 1."""
    weights, bias = _weights()
    logit = bias + sum(weights[name] * value for name, value in asdict(evidence).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def accepted(sure: float, margin: float) -> bool:
    """Whether that is enough; `margin` is added to the threshold (stricter above 0)."""
    return sure >= THRESHOLD + margin
