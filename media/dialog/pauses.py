"""Pauses between sentences that are rendered one by one: a synthesiser makes them only inside one text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.dialog.protocol import Rest, UtterancePart
from media.tts.joining import pause_ms_after
from media.tts.protocol import Speech


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
    pause_ms = pause_ms_after(text)
    return Rest(pause_ms) if pause_ms else None
