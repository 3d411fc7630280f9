"""How long a pause must be before the caller's turn is over: the silence rule, and what is known of the words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from media.turn.heard import Completeness

SURE, UNSURE = 0.8, 0.3
"""Probabilities of a model above which it is over as soon as may be, and below which as late as may be."""
RISING_SHARE = 1.5
"""Of the usual pause, after a voice that was getting louder."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Milliseconds of silence that end a turn: after an answer that is complete, as a rule, and at the latest."""

    least_ms: int = 300
    usual_ms: int = 600
    most_ms: int = 1200

    def __post_init__(self) -> None:
        if not 0 < self.least_ms <= self.usual_ms <= self.most_ms:
            raise ValueError(
                "expected 0 < least ≤ usual ≤ most for the silence that ends a turn, "
                f"got {self.least_ms}, {self.usual_ms} and {self.most_ms} ms"
            )


def wait_ms(bounds: Bounds, completeness: Completeness, probability: float | None, *, rising: bool) -> float:
    """Silence that ends the turn, in milliseconds.

    Words that answer the question, or that end in the middle of a sentence, say more than a model's `probability` that
    the caller is done; that says more than a voice that was `rising`.
    """
    if completeness is Completeness.COMPLETE:
        return bounds.least_ms
    if completeness is Completeness.GOING_ON:
        return bounds.most_ms
    if probability is not None:
        done = min(1.0, max(0.0, (probability - UNSURE) / (SURE - UNSURE)))
        return bounds.most_ms + (bounds.least_ms - bounds.most_ms) * done
    return min(bounds.most_ms, bounds.usual_ms * RISING_SHARE) if rising else bounds.usual_ms
