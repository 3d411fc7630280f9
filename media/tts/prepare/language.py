"""What a language must know so that figures can be read in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LETTER = r"[^\W\d_]|[\u0900-\u0963\u0970-\u097f\u200c\u200d]"
"""A letter, or a sign that belongs to one: Python counts no vowel sign of Devanagari among the letters."""
BEFORE = rf"(?<!{LETTER.replace('|', ')(?<!')})(?<!\d)"
"""Where a word or a figure begins."""
AFTER = rf"(?!{LETTER}|\d)"
"""Where it ends."""


MOST_DIGITS = 15
"""A longer number is told digit by digit."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Language:
    """Words of a language. `counted` is one and many of a thing."""

    below_hundred: tuple[str, ...]
    hundreds: Callable[[int], str]
    """100, 200 … 900, as they begin a number."""
    hundred: str
    """100 by itself."""
    thousand: str
    lakh: str
    crore: str
    minus: str
    point: str
    percent: str
    to: str
    """Between the ends of a range."""
    by: str
    """Between the parts of a fraction."""
    signs: Mapping[str, str]
    """Of signs in a sentence: & + = # and lone signs of currencies."""
    web: Mapping[str, str]
    """Of signs in an address: . / @ …"""
    rupee: tuple[str, str]
    paisa: tuple[str, str]
    currencies: Mapping[str, tuple[str, str]]
    units: Mapping[str, tuple[str, str]]
    abbreviations: Mapping[str, str]
    months: tuple[str, ...]
    month_names: Mapping[str, int]
    """Every way that a month is written, in lower case, to its number."""
    ordinal: Callable[[int, str], str]
    """A number's place, by the suffix that was written."""
    suffixes: str
    """Of ordinals, as a regular expression."""
    date: Callable[[str, str, str], str]
    """Day, month and year ("" for none) in words."""
    year: Callable[[int], str]
    clock: Callable[[int, int, bool], str]
    """Hour and minute of 24; whether it is known which half of the day is meant."""
    clock_words: str
    """Words that may follow a time and are part of it, as a regular expression."""
    coded: str
    """Words before a number that is told digit by digit, as a regular expression."""
    full_stop: str = "."
    scales: frozenset[str] = field(default_factory=frozenset)
    """Words that may stand between an amount and its currency."""

    def number(self, count: int) -> str:
        """A whole number in words, by lakhs and crores."""
        if count < 0:
            return f"{self.minus} {self.number(-count)}"
        for size, name in ((10_000_000, self.crore), (100_000, self.lakh), (1000, self.thousand)):
            if count >= size:
                whole, rest = divmod(count, size)
                return f"{self.number(whole)} {name}" + (f" {self.number(rest)}" if rest else "")
        if count < 100:
            return self.below_hundred[count]
        if count == 100:
            return self.hundred
        rest = count % 100
        return self.hundreds(count - rest) + (f" {self.below_hundred[rest]}" if rest else "")

    def digits(self, text: str) -> str:
        """Digits one by one."""
        return " ".join(self.below_hundred[int(digit)] for digit in text)

    def figure(self, text: str) -> str:
        """A number as it is written: grouped, with decimals, signed. Very long ones digit by digit."""
        sign = f"{self.minus} " if text[:1] in "-−" else ""
        whole, _, decimals = re.sub(r"[,\s]", "", text.lstrip("-−")).partition(".")
        if len(whole) > MOST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
            said = self.digits(whole)
        else:
            said = self.number(int(whole or "0"))
        return f"{sign}{said}" + (f" {self.point} {self.digits(decimals)}" if decimals else "")


def counted(language: Language, number: str, forms: tuple[str, str]) -> str:
    """A figure and what it counts."""
    return f"{language.figure(number)} {forms[0] if number.strip() == '1' else forms[1]}"
