"""Sounds that are no words, as tags ([laugh], [sigh]): kept for an engine that knows them, else left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Set

from media.errors import EngineUnavailableError
from media.tts.text import prepared

_TAG = re.compile(r"\[([A-Za-z][A-Za-z ]{0,30})\]")

USUAL_TAGS = frozenset({"laugh", "chuckle", "sigh", "cough", "breath"})
"""Those of the models that know any (Chatterbox-Turbo's, and [breath])."""


def known_tags(name: str, tags: object) -> frozenset[str]:
    """Of an option: true for the usual ones, or a list. Raises `EngineUnavailableError` for what is neither."""
    if isinstance(tags, bool):
        return USUAL_TAGS if tags else frozenset()
    given = tags if isinstance(tags, (list, tuple, Set)) else [None]
    known = frozenset(tag.lower() for tag in given if isinstance(tag, str) and _TAG.fullmatch(f"[{tag}]"))
    if len(known) < len(given):
        raise EngineUnavailableError(f"{name}: expected tags such as [laugh, sigh], or true, got {tags!r}")
    return known


def prepared_with_tags(text: str, language: str, tags: Set[str]) -> str:
    """`text` made fit for an engine that knows these `tags` (in lower case, without brackets); all others are left out.

    Empty when there are no words: a tag alone is not said.
    """
    parts: list[str] = []
    words = False
    place = 0
    for tag in _TAG.finditer(text):
        if tag[1].lower() in tags:
            said = prepared(text[place : tag.start()], language)
            words |= bool(said)
            parts += [said, f"[{tag[1].lower()}]"]
            place = tag.end()
    last = prepared(text[place:], language)
    return " ".join(part for part in (*parts, last) if part) if words or last else ""
