"""Guards against what Whisper invents where nothing, or nothing much, was said. Pure.

The limits are those of `media.asr.invented`, as settings: a model that is held here tells more of itself.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from enum import StrEnum

from media.asr.invented import LEAST_LOGPROB, MOST_COMPRESSION, NO_SPEECH, credible


class Invented(StrEnum):
    """Why a text is not believed."""

    NOTHING_VOICED = "nothing voiced"
    NO_SPEECH = "no speech"
    IMPROBABLE = "improbable"
    REPEATS = "repeats itself"
    INCREDIBLE = "more than so little voice can say, or what models say of silence"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still believed."""

    least_voiced_ms: int = 80
    no_speech: float = NO_SPEECH
    """Probability of no speech above which a text that is not itself probable is dropped."""
    logprob: float = LEAST_LOGPROB
    """Mean log probability of a token below which a text is not itself probable."""
    least_logprob: float = -2.0
    """Mean log probability of a token below which any text is dropped."""
    compression: float = MOST_COMPRESSION
    """Bytes of the text to those of the same text compressed: above it, the text repeats itself."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a decoding tells of itself."""

    text: str
    logprob: float
    """Mean log probability of its tokens."""
    no_speech: float
    """Probability that there is no speech, 0 to 1."""
    voiced_ms: int


def invented(evidence: Evidence, limits: Limits) -> Invented | None:
    """Why the text is not to be believed; None if it is."""
    if evidence.voiced_ms < limits.least_voiced_ms:
        return Invented.NOTHING_VOICED
    if evidence.no_speech > limits.no_speech and evidence.logprob < limits.logprob:
        return Invented.NO_SPEECH
    if evidence.logprob < limits.least_logprob:
        return Invented.IMPROBABLE
    if repeats(evidence.text, limits):
        return Invented.REPEATS
    return None if credible(evidence.text, evidence.voiced_ms) else Invented.INCREDIBLE


def repeats(text: str, limits: Limits) -> bool:
    """Whether the text goes round in circles."""
    plain = text.encode()
    return bool(plain) and len(plain) / len(zlib.compress(plain)) > limits.compression


def confidence(logprob: float, no_speech: float) -> float:
    """0 to 1: the tokens' geometric mean probability, times that of there being speech. Not calibrated."""
    return math.exp(min(0.0, logprob)) * (1 - min(1.0, max(0.0, no_speech)))
