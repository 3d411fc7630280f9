"""The words of a listed phrase, and how those are said that no dictionary has. Pure."""

from __future__ import annotations

import re

_NOT_WORD = re.compile(r"[^a-z' ]+")
_NUMBERS = dict(
    zip("0123456789", ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), strict=True)
)
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
