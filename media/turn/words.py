"""Words that tell how a turn stands: those that a sentence does not end in, and those that take no turn. Pure data.

By language (ISO 639-1), as callers in India say them and recognisers write them: in Devanagari and in Latin letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TypeVar

_T = TypeVar("_T")

_GOES_ON: dict[str, str] = {
    "en": "and but or so because if that the a an to of my your with for from at in on is are was i we then um uh er",
    "hi": "और कि मतलब लेकिन मगर पर तो क्योंकि अगर या फिर वो यानी जैसे का की के aur matlab lekin magar kyonki agar ya phir",
    "mr": "आणि पण म्हणजे की कारण किंवा जर तर मग तो ती ते चा ची चे ला aani pan mhanje karan kinva jar tar mag",
}
_TAKES_NO_TURN: dict[str, tuple[str, ...]] = {
    "en": (
        *("yes", "yeah", "yep", "ok", "okay", "right", "sure", "fine", "good", "all right", "alright", "i see"),
        *("hm", "hmm", "mm", "mhm", "uh", "um", "uh huh", "ah", "oh", "yes yes", "ok ok", "okay okay"),
    ),
    "hi": (
        *(
            "हाँ",
            "हां",
            "हाँ जी",
            "जी",
            "जी हाँ",
            "जी जी",
            "हाँ हाँ",
            "अच्छा",
            "अच्छा जी",
            "ठीक",
            "ठीक है",
            "हम्म",
            "हूँ",
            "ओके",
            "सही",
        ),
        *("haan", "han", "haan ji", "ji", "ji haan", "achha", "accha", "theek hai", "thik hai"),
    ),
    "mr": (
        *("हो", "होय", "हो हो", "हो का", "बरं", "बर", "ठीक", "ठीक आहे", "अच्छा", "हं", "हम्म", "ओके"),
        *("ho", "hoy", "bara", "theek aahe", "thik aahe"),
    ),
}
_DROPPED = {ord("\u0901"): "\u0902", ord("\u093c"): None, ord("\u200c"): None, ord("\u200d"): None}
"""Chandrabindu is written as anusvara as often as not; nukta and joiners make no difference."""


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words as they are compared: without case, punctuation and the marks that are written now and then."""
    plain = unicodedata.normalize("NFD", text.casefold()).translate(_DROPPED)
    kept = (letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain)
    return tuple(unicodedata.normalize("NFC", "".join(kept)).split())


def goes_on(words: tuple[str, ...], language: str) -> bool:
    """Whether a sentence that has come to these words is not at its end."""
    return bool(words) and words[-1] in _going_on(language)


def takes_no_turn(words: tuple[str, ...], language: str) -> bool:
    """Whether somebody who says this over another only says that they listen. English is said in every language."""
    return words in _agreeing(language)


@lru_cache(maxsize=64)
def _going_on(language: str) -> frozenset[str]:
    return frozenset(word for text in _of(_GOES_ON, language) for spelt in text.split() for word in words_of(spelt))


@lru_cache(maxsize=64)
def _agreeing(language: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words_of(phrase) for phrases in _of(_TAKES_NO_TURN, language) for phrase in phrases)


def _of(table: dict[str, _T], language: str) -> list[_T]:
    return [table[code] for code in dict.fromkeys((language, "en")) if code in table]
