"""Closed lists for pocketsphinx: phrases, pronunciations, and a grammar with decoys for what is not listed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

Phones = tuple[str, ...]

SILENCE = "zsil"
"""A word of the grammar that stands for a pause (phone SIL)."""
_NOT_WORD = re.compile(r"[^a-z' ]+")
_NUMBERS = dict(
    zip("0123456789", ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), strict=True)
)
_NEAR = 0.4
"""A decoy this like a phrase, in edits per phone, would steal it."""
_SOUNDS: dict[str, str] = {
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "kh": "K", "gh": "G", "dh": "D", "bh": "B", "jh": "JH", "ng": "NG",
    "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW", "ai": "EY", "ay": "EY", "aa": "AA", "au": "AO", "aw": "AO",
    "oi": "OY", "ow": "OW", "ck": "K", "qu": "K W", "a": "AA", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F",
    "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K",
    "r": "R", "s": "S", "t": "T", "u": "UH", "v": "V", "w": "W", "x": "K S", "y": "Y", "z": "Z",
}  # fmt: skip


def words_of(phrase: str) -> tuple[str, ...]:
    """The words spoken for a phrase, as the dictionary writes them; digits one by one. Empty: not English text."""
    text = "".join(f" {_NUMBERS[letter]} " if letter in _NUMBERS else letter for letter in phrase.casefold())
    if any(letter.isalpha() and not letter.isascii() for letter in text):
        return ()
    return tuple(word for word in _NOT_WORD.sub(" ", text).split() if word.strip("'"))


def guessed_phones(word: str) -> str:
    """A pronunciation, letter by letter, of a word that is in no dictionary (a name, a Hindi word in Latin letters)."""
    phones: list[str] = []
    place = 0
    while place < len(word):
        size = 2 if word[place : place + 2] in _SOUNDS else 1
        phones.append(_SOUNDS.get(word[place : place + size], ""))
        place += size
    return " ".join(filter(None, phones))


def jsgf(phrases: Iterable[Sequence[str]], decoys: Iterable[str]) -> str:
    """A grammar that hears one phrase or one decoy, with pauses around and between its words."""
    said = " | ".join(f" [{SILENCE}] ".join(words) for words in phrases)
    others = "".join(f" | {decoy}" for decoy in decoys)
    return f"#JSGF V1.0; grammar list; public <said> = [{SILENCE}] ({said}{others}) [{SILENCE}];"


def spread(pronunciations: Sequence[tuple[str, Phones]], count: int) -> list[tuple[str, Phones]]:
    """`count` words for decoys: of 3 to 9 phones, as many of each length, evenly from the sorted dictionary."""
    lengths = range(3, 10)
    chosen: list[tuple[str, Phones]] = []
    for length in lengths:
        same = [item for item in pronunciations if len(item[1]) == length]
        wanted = min(len(same), count // len(lengths))
        chosen += [same[(2 * place + 1) * len(same) // (2 * wanted)] for place in range(wanted)]
    return chosen


def far_from(phrases: Iterable[Phones], decoys: Sequence[tuple[str, Phones]]) -> list[str]:
    """The decoys that sound like none of the phrases."""
    near = frozenset[str]().union(*(_near(phones, tuple(decoys)) for phones in phrases))
    return [word for word, _ in decoys if word not in near]


@lru_cache(maxsize=1024)
def _near(phones: Phones, decoys: tuple[tuple[str, Phones], ...]) -> frozenset[str]:
    return frozenset(word for word, other in decoys if _edits(phones, other) <= _NEAR * max(len(phones), len(other)))


def _edits(one: Phones, other: Phones) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for place, phone in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, wanted in enumerate(other, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (phone != wanted))
    return row[-1]
