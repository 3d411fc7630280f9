"""Figures of a sentence in words: ordinals, ranges, fractions, units, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from media.tts.prepare.language import MOST_DIGITS, Language, counted
from media.tts.prepare.rule import Rule, either, rule, word

NUMBER = r"(?:\d{1,3}(?:,\d{2,3}){0,5},\d{3}(?!\d)|\d+)(?:\.\d+)?"
"""Grouped the Indian or the Western way, or not grouped."""
SIGNED = rf"(?:(?<![\w.)])[-−])?(?:{NUMBER})"
_DASH = r"\s*[-–—]\s*"
_MOST_RANGE_DIGITS = 6


def figure_rules(language: Language) -> Iterator[Rule]:
    """In the order in which they are to be followed."""
    yield word(rf"(\d{{1,{MOST_DIGITS}}})(?:\s?({language.suffixes}))", lambda m: _ordinal(language, m))
    units = either(language.units)
    yield word(rf"({NUMBER}){_DASH}({NUMBER})\s*({units}|%)", lambda m: _range_of(language, m))
    yield word(rf"({NUMBER})\s*[-–—]\s*({NUMBER})(?![-–—])", lambda m: _range(language, m))
    yield rule(rf"(?<![\d.,])({SIGNED})\s*%", lambda m: f"{language.figure(m[1])} {language.percent}")
    yield word(rf"({SIGNED})\s*({units})", lambda m: counted(language, m[1], language.units[_key(m[2])]))
    yield word(r"(\d{1,3})/(\d{1,3})", lambda m: f"{language.figure(m[1])} {language.by} {language.figure(m[2])}")
    yield rule(SIGNED, lambda m: f" {language.figure(m[0])} ")


def _key(unit: str) -> str:
    return unit.lower()


def _ordinal(language: Language, found: re.Match[str]) -> str:
    return language.ordinal(int(found[1]), found[2])


def is_range(first: str, last: str) -> bool:
    """Whether two figures with a dash between them are the ends of a range, and no telephone number or code."""
    ends = [re.sub(r"[,.].*", "", end.replace(",", "")) for end in (first, last)]
    plain = all(len(end) <= _MOST_RANGE_DIGITS and not (len(end) > 1 and end.startswith("0")) for end in ends)
    return plain and float(first.replace(",", "")) < float(last.replace(",", ""))


def _range(language: Language, found: re.Match[str]) -> str:
    first, last = found[1], found[2]
    between = f" {language.to} " if is_range(first, last) else ", "
    return language.figure(first) + between + language.figure(last)


def _range_of(language: Language, found: re.Match[str]) -> str:
    forms = ("", language.percent) if found[3] == "%" else language.units[_key(found[3])]
    return f"{_range(language, found)} {forms[1]}"
