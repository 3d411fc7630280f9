"""Pauses between sentences that are rendered one by one: a synthesiser makes them only inside one text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.dialog.protocol import Rest, UtterancePart
from media.tts.protocol import Speech

SENTENCE_MS = 250
"""With what is left of a rendering's own silence, the pause of somebody who ends a sentence and goes on."""
PHRASE_MS = 120
_ENDS_SENTENCE = (".", "!", "?", "…", "।", "॥", ":")
_ENDS_PHRASE = (",", ";", "–", "—")
_CLOSING = "\"'”’»)] \n\t"


def with_pauses(parts: Iterable[UtterancePart], before: str = "") -> Iterator[UtterancePart]:
    """The parts, with a rest between two texts whose first ends a sentence or a phrase.

    `before`: the text that is still being said. Beside a rest, a tone or a sound file nothing is put in.
    """
    for part in parts:
        if isinstance(part, Speech):
            if pause := _pause_after(before):
                yield pause
            before = part.text
        else:
            before = ""
        yield part


def _pause_after(text: str) -> Rest | None:
    text = text.rstrip(_CLOSING)
    if text.endswith(_ENDS_SENTENCE):
        return Rest(SENTENCE_MS)
    return Rest(PHRASE_MS) if text.endswith(_ENDS_PHRASE) else None
