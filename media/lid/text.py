"""Which language a text is in: by its script, then by small words. For what recognisers write down. Pure.

Sources of the scripts: Unicode's blocks. Devanagari is Hindi's and Marathi's; Latin is English's, and what some
recognisers write those two in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from unicodedata import normalize

from media.lid.words import KNOWN, LANGUAGES_BY_WORD, LOANS

_SCRIPTS: Mapping[str, tuple[int, int]] = {
    "bn": (0x0980, 0x09FF),
    "pa": (0x0A00, 0x0A7F),
    "gu": (0x0A80, 0x0AFF),
    "or": (0x0B00, 0x0B7F),
    "ta": (0x0B80, 0x0BFF),
    "te": (0x0C00, 0x0C7F),
    "kn": (0x0C80, 0x0CFF),
    "ml": (0x0D00, 0x0D7F),
    "ur": (0x0600, 0x06FF),
}
"""Languages that have a script to themselves, among those of India."""
_DEVANAGARI = (0x0900, 0x097F)
_MARKS = str.maketrans({"\u200c": "", "\u200d": "", "\u0901": "\u0902"})
"""Joiners are left out; of the two nasal marks, which are written as it comes, one is enough."""
_WORD = re.compile(r"[^\s\d.,!?;:…।॥()\[\]\"“”‘*/<>=+_-]+")
_ONLY_MARATHI = re.compile(r"ळ|ऱ|ायच|ायला|णार|तोय|तेय|ताय|ंचं|चं$")
_ONLY_HINDI = re.compile(r"[डढ]\u093c|ूँगा|ूंगा|ेंगे|िएगा|ियेगा|ाइए")
_MARATHI_ENDS = ("च्या", "ांना", "ाला", "ासाठी", "ामध्ये", "ावर", "ाचे", "ाचा", "ाची", "ूया")
_UNKNOWN = 0.1
"""What a word says for its script's languages where nobody has it on a list."""
_DOUBT = 0.25
"""Of each language, before anything is read: one word is no certainty."""
_PLAIN = {word.translate(_MARKS): languages for word, languages in LANGUAGES_BY_WORD.items()}


def shares(text: str, languages: Sequence[str]) -> dict[str, float]:
    """The share of each language of `languages` that can be told by a text; nothing where no word says anything."""
    told = [language for language in languages if tells(language)]
    weights = dict.fromkeys(told, 0.0)
    for word in _WORD.findall(normalize("NFC", text).lower()):
        if word in LOANS or (len(word) == 1 and word.isascii()):
            continue
        speaking = [language for language in _languages(word) if language in weights]
        known = bool(speaking) and _known(word)
        for language in speaking:
            weights[language] += (1.0 if known else _UNKNOWN) / len(speaking)
    total = sum(weights.values())
    if not total or len(told) < 2 or max(weights.values()) == min(weights.values()):
        return {}
    doubt = _DOUBT * len(told)
    return {language: round((weight + _DOUBT) / (total + doubt), 3) for language, weight in weights.items()}


def tells(language: str) -> bool:
    """Whether a text can be known to be in it."""
    return language in KNOWN or language in _SCRIPTS


def _languages(word: str) -> tuple[str, ...]:
    """Those that a word speaks for."""
    if listed := _PLAIN.get(word.translate(_MARKS)):
        return tuple(listed)
    letter = ord(word[0])
    if _DEVANAGARI[0] <= letter <= _DEVANAGARI[1]:
        return _devanagari(word)
    if owner := [language for language, (first, last) in _SCRIPTS.items() if first <= letter <= last]:
        return (owner[0],)
    return ("en",) if word.isascii() else ()


def _devanagari(word: str) -> tuple[str, ...]:
    if _ONLY_MARATHI.search(word) or (len(word) > 4 and word.endswith(_MARATHI_ENDS)):
        return ("mr",)
    return ("hi",) if _ONLY_HINDI.search(word) else ("hi", "mr")


def _known(word: str) -> bool:
    """Whether the word is one that only so many languages have: on a list, or in a script or spelling of their own."""
    if word.translate(_MARKS) in _PLAIN:
        return True
    return not word.isascii() and _languages(word) != ("hi", "mr")
