"""What was heard of a text when only part of its audio was played. Pure."""

from __future__ import annotations

from media.audio.pcm import TELEPHONE_RATE

_SPEECH_SAMPLES_A_CHARACTER = TELEPHONE_RATE * 70 // 1000
"""Samples that a character takes to say, about: for audio whose end is not known yet."""


def heard(text: str, played: int, total: int, *, complete: bool) -> str:
    """The words of `text` that were said by sample `played` of `total`.

    Time is shared out by characters; a word counts once its last character was played. While the audio is still being
    made (`complete` False), its length is guessed from the text.
    """
    if complete and played >= total:
        return text
    length = total if complete else max(total, len(text) * _SPEECH_SAMPLES_A_CHARACTER)
    if played <= 0 or not length:
        return ""
    reach = len(text) * played // length
    if reach >= len(text) or text[reach].isspace():
        return text[:reach].rstrip()
    whole, _, _ = text[:reach].rpartition(" ")
    return whole.rstrip()
