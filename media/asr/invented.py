"""Text that a recogniser made up: models trained on films fill silence and noise with words nobody said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media.llm.spelling import plain

NO_SPEECH, LEAST_LOGPROB, MOST_COMPRESSION = 0.6, -1.0, 2.4
"""Whisper's own limits (transcribe's defaults): a segment is silence above the first and below the second; text that
compresses better than the third repeats itself."""
LETTERS_PER_S, LETTERS_FREE = 35.0, 20
"""Nobody says more letters a second (fast speech is near 20); some are free, for voice that was too soft to count."""
HARDLY_VOICED_MS = 100.0
"""Less voice than the shortest word has."""
_PHANTOMS = frozenset(
    plain(phantom)
    for phantom in (
        "you", "thank you", "thank you very much", "thanks", "thanks for watching", "thank you for watching", "bye",
        "bye bye", "please subscribe", "subtitles by the amara org community", "music", "applause", "silence",
        "धन्यवाद", "शुक्रिया", "सब्सक्राइब करें", "संगीत",
    )
)  # fmt: skip
"""What whisper models say of silence."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a transcript, and what the engine tells of it (None: nothing): mean log probability of a token,
    probability that nobody spoke, and length over compressed length.
    """

    text: str
    avg_logprob: float | None = None
    no_speech: float | None = None
    compression: float | None = None

    @property
    def invented(self) -> bool:
        """Whether the engine's own figures say that it is none of the caller's."""
        if self.compression is not None and self.compression > MOST_COMPRESSION:
            return True
        silent = self.no_speech is not None and self.no_speech > NO_SPEECH
        return silent and self.avg_logprob is not None and self.avg_logprob < LEAST_LOGPROB


def credible(text: str, voiced_ms: float) -> bool:
    """Whether so much voice can have said it: no phantom on next to none, and not faster than anybody speaks."""
    if voiced_ms < HARDLY_VOICED_MS and plain(text) in _PHANTOMS:
        return False
    return len(plain(text)) <= LETTERS_FREE + LETTERS_PER_S * voiced_ms / 1000


def kept(segments: Sequence[Segment]) -> list[Segment]:
    """Those that were said."""
    return [segment for segment in segments if not segment.invented]
