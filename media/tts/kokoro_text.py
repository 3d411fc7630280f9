"""Text as Kokoro is to be given it: sentence by sentence, without what its phonemes would make nonsense of. Pure.

misaki has espeak-ng write phonemes and keeps the marks `;:,.!?` between them, each of which Kokoro hears as a pause; a
danda is lost, an initial's full stop becomes the end of a sentence, and a lone A an article.
"""

from __future__ import annotations

import re
from collections.abc import Container

from media.tts.espeak_text import as_read
from media.tts.prepare import prepared
from media.tts.sentences import MOST_CHARACTERS, sentences

MOST_PHONEMES = 510
"""That the model speaks at once, and rows of a voice: one for each length."""
_DANDA = str.maketrans({"।": ".", "॥": "."})
_QUOTES = re.compile(r"[\"“”«»]|(?<!\w)'|'(?!\w)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_GROUPING = re.compile(r"(?<=\d),(?=\d{2,3}(?!\d))")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Za-z]\.\s?){2,}")
_INITIAL = re.compile(r"(?<![\w.])([A-Za-z])\.(?=\s+[a-z])")
_LAST_MARKS = re.compile(r"[\s.,;:!?…]+\Z")
_MARKS = re.compile(r"\s*([;:,.!?…])[\s;:,.!?…]*")
_PART = re.compile(r"[;:,.!?…]\s|\s")
_POINTS = {"en": " point ", "hi": " दशमलव "}
_NO_SOUND = frozenset(';:,.!?…—"()“” ˈˌː')


def pieces(text: str, language: str, most_characters: int = MOST_CHARACTERS) -> list[str]:
    """What is to be said of `text`, in pieces of a sentence; of a clause where a sentence is longer than that."""
    parts = [part for part in sentences(prepared(text, language), most_characters) if any(map(str.isalnum, part))]
    return [guarded(part, language, more=at < len(parts)) for at, part in enumerate(parts, 1)]


def guarded(sentence: str, language: str, *, more: bool = False) -> str:
    """A prepared sentence with one mark at a time and one at its end, or a clause of it, where there is `more`."""
    said = _GROUPING.sub("", _QUOTES.sub("", sentence.translate(_DANDA)))
    said = _POINT.sub(_POINTS.get(language, " "), said)
    said = _INITIAL.sub(r"\1", _INITIALS.sub(_spelt, said))
    if language == "en":
        said = as_read(said)
    last = _LAST_MARKS.search(said)
    body = said[: last.start()] if last else said
    return _MARKS.sub(r"\1 ", body).strip() + _ending(last[0] if last else "", more=more)


def parted(phonemes: str, most: int = MOST_PHONEMES) -> list[str]:
    """Phonemes as the model takes them: no more at once, parted behind a mark, else between words, else anywhere."""
    parts = []
    while len(phonemes) > most:
        breaks = [found for found in _PART.finditer(phonemes[:most]) if found.end() > most // 3]
        marks = [found for found in breaks if not found[0].isspace()]
        end = next((found.end() for found in (*marks[-1:], *breaks[-1:])), most)
        parts.append(phonemes[:end].strip())
        phonemes = phonemes[end:]
    return [part for part in (*parts, phonemes.strip()) if part]


def pronounceable(phonemes: str, known: Container[str]) -> str:
    """What the model knows of them; "" where only marks are left."""
    said = "".join(phoneme for phoneme in phonemes if phoneme in known).strip()
    return said if any(phoneme not in _NO_SOUND for phoneme in said) else ""


def _spelt(found: re.Match[str]) -> str:
    """Initials without their full stops, save one that ends the text."""
    letters = " ".join(letter for letter in found[0] if letter.isalpha())
    return f"{letters} " if found.string[found.end() :].strip() else f"{letters}."


def _ending(marks: str, *, more: bool) -> str:
    """A question stays one, and what was cut goes on. Without any mark its users report last words cut off."""
    for mark in "?!":
        if mark in marks:
            return mark
    return "," if more and not set(marks) & {".", "…"} else "."
