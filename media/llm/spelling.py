"""One spelling for what sounds alike: Unicode forms, Devanagari and the many ways of Hindi in Latin letters. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh", "ञ": "n", "ट": "t",
    "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n", "प": "p", "फ": "f",
    "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r", "ल": "l", "व": "v", "श": "sh", "ष": "sh", "स": "s",
    "ह": "h", "ळ": "l",
}  # fmt: skip
_VOWELS = {
    "अ": "a", "आ": "a", "इ": "i", "ई": "i", "उ": "u", "ऊ": "u", "ऋ": "ri", "ए": "e", "ऐ": "ai", "ऑ": "o", "ओ": "o",
    "औ": "au", "ॲ": "e", "ऍ": "e",
}  # fmt: skip
_SIGNS = {
    "ा": "a", "ि": "i", "ी": "i", "ु": "u", "ू": "u", "ृ": "ri", "े": "e", "ै": "ai", "ॉ": "o", "ो": "o", "ौ": "au", "ॅ": "e",
}  # fmt: skip
_DIGITS = dict(zip("०१२३४५६७८९", "0123456789", strict=True))
_VIRAMA = "\u094d"
_IGNORED = frozenset("\u093c\u200c\u200d\u0903")  # nukta, joiners, visarga
_NASAL = frozenset("\u0901\u0902")
_NOT_WORD = re.compile(r"[^\w\u0900-\u0963\u0966-\u097f]+")
_LATIN = (
    (re.compile(r"aa+"), "a"),
    (re.compile(r"ee+|ii+"), "i"),
    (re.compile(r"oo+|uu+"), "u"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"q|ck"), "k"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def plain(text: str) -> str:
    """Case folded, without marks, nukta and joiners; chandrabindu as anusvara; Devanagari digits as digits."""
    text = unicodedata.normalize("NFD", text.casefold())
    text = "".join(_DIGITS.get(letter, letter) for letter in text if letter not in _IGNORED)
    text = unicodedata.normalize("NFC", text.replace("\u0901", "\u0902"))
    return _NOT_WORD.sub(" ", text).strip()


def sounded(text: str) -> str:
    """`plain` text in Latin letters, in one spelling for its many: हाँ, haan, han and haa all near "han"."""
    words = (_romanised(word) for word in plain(text).split())
    return " ".join(_one_spelling(word) for word in words)


@lru_cache(maxsize=8192)
def _one_spelling(word: str) -> str:
    for pattern, replacement in _LATIN:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=8192)
def _romanised(word: str) -> str:
    """Letter by letter; the inherent vowel is written but at the word's end, as Hindi and Marathi speak it."""
    out: list[str] = []
    for place, letter in enumerate(word):
        following = word[place + 1 : place + 2]
        if letter in _CONSONANTS:
            bare = not following or following in _SIGNS or following == _VIRAMA
            out.append(_CONSONANTS[letter] + ("" if bare else "a"))
        elif letter in _NASAL:
            out.append("n")
        elif letter != _VIRAMA:
            out.append(_SIGNS.get(letter) or _VOWELS.get(letter) or letter)
    return "".join(out)
