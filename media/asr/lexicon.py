"""How English words are said: pocketsphinx's dictionary, and a guess from the letters for what it lacks."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

from media.asr.grammar import guessed_phones
from media.asr.phone_search import Pronunciation

_MOST_WAYS = 6
"""Pronunciations of one phrase."""
_LEAST_PART = 4
"""Letters of each half of a compound: shorter ones are found in many a word by chance."""
_log = logging.getLogger(__name__)


class Lexicon:
    """A dictionary in CMU's form, kept as its text: a line for each word, its other pronunciations right below it as
    `word(2)`, words in the order of their bytes."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._told: set[str] = set()

    def ways(self, said: str) -> list[Pronunciation]:
        """Pronunciations of a phrase of lower-case words, likeliest first, six at most."""
        each = [self._of(word) for word in said.split()]
        return list(itertools.islice(itertools.product(*each), _MOST_WAYS))

    def _of(self, word: str) -> list[tuple[str, ...]]:
        if known := self._listed(word):
            return known
        guess = self._joined(word) or tuple(guessed_phones(word).split())
        if word not in self._told:
            self._told.add(word)
            _log.warning("not in the dictionary, pronunciation guessed: %r as %s", word, " ".join(guess))
        return [guess]

    def _listed(self, word: str) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        key = word.encode()
        at = self._first(key)
        while self._key(at) == key and at < len(self._text):
            end = self._end(at)
            found.append(tuple(self._text[at:end].decode().split()[1:]))
            at = end + 1
        return found

    def _first(self, key: bytes) -> int:
        """Where the first line begins whose word is not before this one."""
        low, high = 0, len(self._text)
        while low < high:
            middle = self._text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if self._key(middle) < key:
                low = self._end(middle) + 1
            else:
                high = middle
        return low

    def _key(self, at: int) -> bytes:
        return self._text[at : self._end(at)].partition(b" ")[0].partition(b"(")[0]

    def _end(self, at: int) -> int:
        end = self._text.find(b"\n", at)
        return end if end >= 0 else len(self._text)

    def _joined(self, word: str) -> tuple[str, ...]:
        """Of two words written as one (lowercase), the first of which is as long as may be; empty for none."""
        for cut in range(len(word) - _LEAST_PART, _LEAST_PART - 1, -1):
            first = self._listed(word[:cut])
            second = self._listed(word[cut:]) if first else []
            if first and second:
                return (*first[0], *second[0])
        return ()


def read_lexicon(path: Path) -> Lexicon:
    """The dictionary in this file."""
    return Lexicon(path.read_bytes())
