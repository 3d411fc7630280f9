"""The answer of an OpenAI-compatible transcription server, read: text, confidence, language. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media.asr.invented import Segment, kept
from media.errors import EngineError

_NAMES = {
    "english": "en", "hindi": "hi", "marathi": "mr", "gujarati": "gu", "bengali": "bn", "tamil": "ta", "telugu": "te",
    "kannada": "kn", "malayalam": "ml", "punjabi": "pa", "urdu": "ur",
}  # fmt: skip
"""OpenAI and Groq tell a language by its name, vLLM and others by its code."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the server heard. `confidence` is None where it tells nothing to go by, `language` "" where it does not."""

    text: str
    confidence: float | None = None
    language: str = ""


def transcript_of(what: str, answer: Mapping[str, object]) -> Transcript:
    """Of a `json` or `verbose_json` answer. Raises `EngineError` for one without a text.

    Segments that the engine's figures show to be invented are left out. The confidence is the mean probability of a
    token, less for what may be silence; it is not calibrated.
    """
    text = answer.get("text")
    if not isinstance(text, str):
        raise EngineError(f"{what}: expected a text, got {type(text).__name__} in an answer with {sorted(answer)[:8]}")
    language = _language(answer.get("language"))
    segments = _segments(answer.get("segments"))
    if not segments:
        return Transcript(_joined([text]), None, language)
    said = kept(segments)
    return Transcript(_joined([segment.text for segment in said]), _confidence(said), language)


def _confidence(segments: Sequence[Segment]) -> float | None:
    told = [(segment, segment.avg_logprob) for segment in segments if segment.avg_logprob is not None]
    weight = sum(len(segment.text) for segment, _ in told)
    if not weight:
        return None
    mean = sum(len(segment.text) * logprob for segment, logprob in told) / weight
    spoken = sum(len(segment.text) * (1 - (segment.no_speech or 0.0)) for segment, _ in told) / weight
    return math.exp(min(0.0, mean)) * spoken


def _segments(value: object) -> list[Segment]:
    return [_segment(one) for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _segment(value: Mapping[str, object]) -> Segment:
    """A compression ratio below 0 says that the server fills the fields in without knowing them (older vLLM)."""
    text, compression = str(value.get("text", "")), _number(value.get("compression_ratio"))
    if compression is not None and compression < 0:
        return Segment(text)
    no_speech = _number(value.get("no_speech_prob"))
    known = no_speech is not None and 0 <= no_speech <= 1
    return Segment(text, _number(value.get("avg_logprob")), no_speech if known else None, compression)


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number and isinstance(value, int | float) else None


def _language(value: object) -> str:
    told = value.strip().lower() if isinstance(value, str) else ""
    return _NAMES.get(told) or (told.split("-")[0] if len(told.split("-")[0]) in (2, 3) else "")


def _joined(texts: Sequence[str]) -> str:
    return " ".join(" ".join(texts).split())
