"""Text as phones, one form for English, Devanagari and both in Latin letters. Pure.

`media.llm.spelling.sounded` gives the spelling (vowel length, doubled letters, v and w, j and z, retroflex and dental
are one there already); here English letters are read as they sound, and letters that are one sound become one phone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from media.asr.matching.costs import ADDED, CODES, skeleton
from media.llm.spelling import plain, sounded

FILLER, OTHER, DENIAL = 0.05, 0.4, 3.0
"""What it costs to skip a word: one of courtesy; any other; one that turns the meaning round."""
Skip = tuple[int, float]
_DENIED_TIMES = 3
_MOST_WORDS = 24
_MOST_LETTERS = 24
_ENGLISH = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"[ts]ion", "shan"),
        (r"igh", "ai"),
        (r"^kn", "n"),
        (r"^vr", "r"),
        (r"gh(?=t)", ""),
        (r"x", "ks"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"ea", "i"),
        (r"ou|ov$", "au"),
        (r"ay$|ey$", "e"),
        (r"(?<=[^aeiou])y$", "i"),
    )
)
_NOT = re.compile(r"n['’]t\b|(?<=\b(?:ca|do|wo|is))nt\b|(?<=\bdid)nt\b")
_PHONES = re.compile(r"kh|gh|ch|jh|th|dh|bh|sh|ai|au|[a-z0-9]")
_COURTESY = (
    "please ji jee sir madam saab um uh er hmm hm well the a an so me my i it is s to want would like have "
    "जी सर मैडम साहब अच्छा है हैं आहे मला मुझे मेरा मेरे मेरी माझा माझी माझं मैं मी तो ना न"
    " हम आप भैया भाई दादा bhai bhaiya जरा ज़रा प्लीज़ म्हणजे"
)
_DENIALS = "no not never cannot नहीं नही नाही नको नकोय मत नाहीये नईं"


@dataclass(frozen=True, slots=True)
class Sounds:
    """The phones of a text, with its words' bounds."""

    phones: tuple[int, ...]
    added: tuple[float, ...]
    """What each phone costs where the other side lacks it."""
    skips: tuple[Skip | None, ...]
    """For each phone, as it was heard: where its word began and what it costs to pass over it; None within words."""
    omissions: tuple[Skip | None, ...]
    """The same of a listed phrase: only words of courtesy may be left out."""
    weight: int
    """Phones of words that are more than courtesy; of all words where there is no such."""
    skeleton: int
    """Bits for the kinds of consonants, and for each two that follow each other."""


@lru_cache(maxsize=4096)
def sounds(text: str) -> Sounds:
    """The sounds of `text`: of its first 24 words, 24 letters each."""
    words = [(heard, _passing(word)) for word in _words(text) if (heard := phones_of(word))]
    phones = tuple(phone for heard, _ in words for phone in heard)
    weight = sum(len(heard) for heard, cost in words if cost != FILLER)
    return Sounds(
        phones,
        tuple(ADDED[phone] * (_DENIED_TIMES if cost == DENIAL else 1) for heard, cost in words for phone in heard),
        _bounds(words),
        _bounds([(heard, cost if weight and cost == FILLER else None) for heard, cost in words]),
        weight or len(phones),
        skeleton(phones),
    )


def _words(text: str) -> list[str]:
    return plain(_NOT.sub("n not", text.casefold())).split()[:_MOST_WORDS]


def _passing(word: str) -> float:
    spelt = sounded(word)
    return DENIAL if spelt in _denial() else FILLER if spelt in _courtesy() else OTHER


def _bounds(words: Sequence[tuple[tuple[int, ...], float | None]]) -> tuple[Skip | None, ...]:
    bounds: list[Skip | None] = []
    for heard, cost in words:
        end: Skip | None = None if cost is None else (len(bounds), cost)
        bounds += [None] * (len(heard) - 1)
        bounds.append(end)
    return tuple(bounds)


@lru_cache(maxsize=8192)
def phones_of(word: str) -> tuple[int, ...]:
    """The phones of one plain word, as codes."""
    spelt = sounded(word[:_MOST_LETTERS])
    if word.isascii():
        for pattern, heard in _ENGLISH:
            spelt = pattern.sub(heard, spelt)
    return tuple(CODES[phone] for phone in _PHONES.findall(spelt))


@lru_cache(maxsize=1)
def _courtesy() -> frozenset[str]:
    return frozenset(sounded(word) for word in plain(_COURTESY).split())


@lru_cache(maxsize=1)
def _denial() -> frozenset[str]:
    return frozenset(sounded(word) for word in plain(_DENIALS).split())
