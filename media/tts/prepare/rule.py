"""A rule of reading: what is looked for, and what is said instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media.tts.prepare.language import AFTER, BEFORE

Say = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """All places of a pattern are said; a `say` that gives the match itself leaves a place as it is."""

    pattern: re.Pattern[str]
    say: Say

    def __call__(self, text: str) -> str:
        """The text with all of them said."""
        return self.pattern.sub(self._said, text)

    def _said(self, found: re.Match[str]) -> str:
        """A space behind what is said parts it from a word, and from nothing else."""
        said = self.say(found)
        return said if found.string[found.end() : found.end() + 1].isalnum() else said.rstrip(" ")


def rule(pattern: str, say: Say) -> Rule:
    """A rule, whatever the case and however composed."""
    return Rule(re.compile(unicodedata.normalize("NFC", pattern), re.IGNORECASE), say)


def word(pattern: str, say: Say) -> Rule:
    """A rule for what stands by itself: no letter or digit is beside it."""
    return rule(f"{BEFORE}(?:{pattern}){AFTER}", say)


def either(words: Iterable[str]) -> str:
    """Any of the words, the longest first."""
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
