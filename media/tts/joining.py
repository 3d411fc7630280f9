"""Renderings one behind the other, as if they had been spoken in one breath. Pure.

Each was levelled, trimmed of silence and made soft at its edges (media/audio/mastering.py): it begins and ends at
nothing, so that silence of any length fits between two without a step.
"""

from __future__ import annotations

from collections.abc import Sequence

from media.audio.pcm import TELEPHONE_RATE, Pcm

SENTENCE_MS = 250
"""With what is left of a rendering's own silence, the pause of somebody who ends a sentence and goes on."""
PHRASE_MS = 120
_ENDS_SENTENCE = (".", "!", "?", "…", "।", "॥", ":")
_ENDS_PHRASE = (",", ";", "–", "—")
_CLOSING = "\"'”’»)] \n\t"


def pause_ms_after(text: str) -> int:
    """The pause behind a text, before another: longer behind a sentence than behind a phrase."""
    text = text.rstrip(_CLOSING)
    if text.endswith(_ENDS_SENTENCE):
        return SENTENCE_MS
    return PHRASE_MS if text.endswith(_ENDS_PHRASE) else 0


def silence(ms: int) -> Pcm:
    """Nothing, for so long."""
    return Pcm(TELEPHONE_RATE, bytes(ms * TELEPHONE_RATE // 1000 * 2))


def joined(parts: Sequence[tuple[str, Pcm]]) -> Pcm:
    """Texts and their renderings, with the pauses between them."""
    samples = []
    for at, (text, audio) in enumerate(parts):
        samples.append(audio.samples)
        if at < len(parts) - 1:
            samples.append(silence(pause_ms_after(text)).samples)
    return Pcm(TELEPHONE_RATE, b"".join(samples))
