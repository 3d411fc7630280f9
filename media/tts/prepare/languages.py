"""The languages by code."""

from __future__ import annotations

from collections.abc import Mapping

from media.tts.prepare.english import ENGLISH
from media.tts.prepare.hindi import HINDI
from media.tts.prepare.language import Language
from media.tts.prepare.marathi import MARATHI

_LANGUAGES: Mapping[str, Language] = {"en": ENGLISH, "hi": HINDI, "mr": MARATHI}


def language_of(code: str) -> Language:
    """The language; English for one that is not known: its engine is told figures in words, if not in its own."""
    return _LANGUAGES.get(code, ENGLISH)
