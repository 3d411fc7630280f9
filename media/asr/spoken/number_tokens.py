"""Words and figures as parts of numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cache, lru_cache

from media import numerals
from media.asr.spoken import number_words as words
from media.llm.spelling import plain, sounded

_DEVANAGARI = str.maketrans("०१२३४५६७८९", "0123456789")
_GROUPED = re.compile(r"(?<=\d),(?=\d\d)")
_FIGURES = re.compile(r"(\d+(?:\.\d+)?)")
_LANGUAGES = ("hi", "mr", "en")
_PREFIXES = ("sadhe", "sade", "pavane", "paune", "sava")
_MOST_FIGURES = 32


class Part(Enum):
    """What a word is within a number."""

    VALUE = auto()
    """0 to 99 as a word, or figures."""
    TENS = auto()
    """Twenty to ninety in English: a value that a digit may follow."""
    SCALE = auto()
    QUARTERS = auto()
    """साढ़े, पौने, सवा: what is added to the number after it."""
    REPEAT = auto()
    POINT = auto()
    AND = auto()
    HALF = auto()
    """The half of "and a half"."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or one figure: what it is within a number (None: no number), and how it was written."""

    written: str
    part: Part | None
    value: Decimal = Decimal(0)
    doubtful: bool = False
    """Whether it is a number only beside others, or where a number is expected."""
    figures: str = ""
    """Of figures: as written, with their zeros."""


def tokens(text: str, language: str, *, expected: bool) -> list[Token]:
    """The words and figures of `text`. Where a number is `expected`, other languages' and misheard words count too."""
    text = _GROUPED.sub("", text.translate(_DEVANAGARI))
    return [token for piece in _FIGURES.split(text) for token in _piece(piece, language, expected)]


def _piece(piece: str, language: str, expected: bool) -> Iterator[Token]:
    if _FIGURES.fullmatch(piece):
        figures = piece[:_MOST_FIGURES]
        yield Token(piece, Part.VALUE, Decimal(figures), figures=figures)
        return
    for word in plain(piece).split():
        yield from _word(word, language, expected)


@lru_cache(maxsize=4096)
def _word(word: str, language: str, expected: bool) -> tuple[Token, ...]:
    if expected and word in words.HOMOPHONES:
        return (Token(word, Part.VALUE, Decimal(words.HOMOPHONES[word]), doubtful=True),)
    sound = sounded(word)
    for table in _tables(language, expected):
        if found := table.get(sound):
            return (_with(found, word),)
        if joined := _joined(sound, table):
            return tuple(_with(part, word if place == 0 else "") for place, part in enumerate(joined))
    return (Token(word, None),)


def _with(token: Token, word: str) -> Token:
    return Token(word, token.part, token.value, doubtful=word in _ambiguous())


def _joined(sound: str, table: Mapping[str, Token]) -> tuple[Token, ...]:
    """Two numbers in one word: दोनशे, दीडशे, साडेतीन, साडेतीनशे."""
    for prefix in _PREFIXES:
        first, rest = table.get(prefix), sound.removeprefix(prefix)
        if first and first.part is Part.QUARTERS and rest not in ("", sound):
            following = (table[rest],) if rest in table else _joined(rest, table)
            return (first, *following) if following else ()
    stem = sound.removesuffix("she")
    if stem != sound and "she" in table:
        first = table.get(stem) or table.get(stem.removesuffix("a"))
        return (first, table["she"]) if first and first.part in (Part.VALUE, Part.QUARTERS) else ()
    return ()


def _tables(language: str, expected: bool) -> Iterator[Mapping[str, Token]]:
    """The language's own words first; English is spoken among all; the others only where a number is expected."""
    yield _table(language if language in _LANGUAGES else "en")
    if language != "en":
        yield _table("en")
    if expected:
        yield from (_table(other) for other in _LANGUAGES if other != language)


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(plain(words.AMBIGUOUS).split())


@cache
def _table(language: str) -> Mapping[str, Token]:
    found: dict[str, Token] = {}
    for names, token in _named(language):
        for name in names.split():
            found.setdefault(sounded(name), token)
    return found


def _named(language: str) -> Iterator[tuple[str, Token]]:
    ordered = {"hi": numerals.HINDI, "mr": numerals.MARATHI, "en": tuple(words.ENGLISH.split())}[language]
    for value, name in enumerate(ordered):
        yield name, Token("", Part.VALUE, Decimal(value))
    for scale, names in words.SCALES[language].items():
        yield names, Token("", Part.SCALE, Decimal(scale))
    for names, fraction in words.FIXED[language].items():
        yield names, Token("", Part.VALUE, fraction)
    for names, fraction in words.QUARTERS[language].items():
        yield names, Token("", Part.QUARTERS, fraction)
    if language == "en":
        yield from _english()
    for value, names in words.MORE[language].items():
        yield names, Token("", Part.VALUE, Decimal(value))


def _english() -> Iterator[tuple[str, Token]]:
    for value, names in words.TENS.items():
        yield names, Token("", Part.TENS, Decimal(value))
    for names, times in words.REPEATS.items():
        yield names, Token("", Part.REPEAT, Decimal(times))
    yield words.POINTS, Token("", Part.POINT)
    yield "and a an", Token("", Part.AND)
    yield "half हाफ", Token("", Part.HALF, Decimal("0.5"))
