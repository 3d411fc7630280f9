"""What the options of synthesisers behind a network have in common: checked once, when they are made. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from media.errors import EngineError, EngineUnavailableError
from media.tts.protocol import Speech

USUAL_TAGS = frozenset({"laugh", "chuckle", "sigh", "cough", "breath"})
"""The sounds that authors may write: Chatterbox-Turbo's, and [breath]."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_TAG = re.compile(r"[a-z]+")


def checked_voices(name: str, voices: object) -> dict[str, str]:
    """Language → voice. Raises `EngineUnavailableError` where there is none, or it is no such mapping."""
    example = "expected voices such as {en: VOICE, hi: VOICE}"
    if not isinstance(voices, Mapping) or not voices:
        raise EngineUnavailableError(f"{name}: {example}, got {voices!r}")
    checked: dict[str, str] = {}
    for language, voice in voices.items():
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise EngineUnavailableError(f"{name}: {example}, got the language {language!r}")
        if not isinstance(voice, str) or not voice:
            raise EngineUnavailableError(f"{name}: {example}, got the voice {voice!r} for {language!r}")
        checked[language] = voice
    return checked


def known_tags(name: str, tags: object) -> frozenset[str]:
    """Of an option: true for the usual ones, or a list. Raises `EngineUnavailableError` for what is neither."""
    if isinstance(tags, bool):
        return USUAL_TAGS if tags else frozenset()
    given = tags if isinstance(tags, (list, tuple, Set)) else [None]
    known = frozenset(tag for tag in given if isinstance(tag, str) and _TAG.fullmatch(tag))
    if len(known) < len(given):
        raise EngineUnavailableError(f"{name}: expected tags such as [laugh, sigh], or true, got {tags!r}")
    return known


def voice_for(name: str, voices: Mapping[str, str], speech: Speech) -> str:
    """The speech's own voice, or its language's. Raises `EngineError` for a language that has none."""
    if speech.language not in voices:
        raise EngineError(f"{name} speaks {', '.join(sorted(voices))}, not {speech.language!r}")
    return speech.voice or voices[speech.language]


def within_limit(name: str, text: str, most: int) -> str:
    """`text`. Raises `EngineError` when it is longer than the engine takes."""
    if len(text) > most:
        raise EngineError(f"{name}: a text of {len(text)} characters; at most {most} are spoken at once")
    return text
