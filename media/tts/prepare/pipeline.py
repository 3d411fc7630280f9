"""The rules in their order: a text goes through all of them, until none finds anything more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from media.tts.prepare.calendar import calendar_rules, clock_ranges
from media.tts.prepare.cleaning import cleaned, composed, unlinked
from media.tts.prepare.codes import code_rules, short_names
from media.tts.prepare.figures import figure_rules
from media.tts.prepare.language import AFTER, BEFORE, Language
from media.tts.prepare.languages import language_of
from media.tts.prepare.latin import in_devanagari
from media.tts.prepare.money import money_rules
from media.tts.prepare.rule import Rule, either, rule
from media.tts.prepare.tags import MARK, split
from media.tts.prepare.web import web_rules

_NO_TAGS: frozenset[str] = frozenset()
MOST_CHARACTERS = 5000
"""Of a text: six minutes of speech, and more than any engine speaks at once."""
_MOST_ROUNDS = 4
_LINE_END = re.compile(r"(?<![.!?।॥:;,\s])[ \t]*\n\s*")
_RUN_OF_SIGNS = re.compile(r"([=+&@%#~_*°×-])\1+")
_DASH = re.compile(r"(?<=\s)[-–—]+|[-–—]+(?=\s|$)|^[-–—]+|[–—]|[|()/]")
_UNSPOKEN = re.compile(r"[*_`~#|\\^{}\[\]<>/=+&@%°×]+")
_LONE_MARKS = re.compile(r"(?<!\S)[.!?।॥:;…'\"“”‘’()-]+(?!\S)")
_REPEATED = re.compile(r"([!?।॥,;:])(?:\s*\1)+|\.(?:\s*\.)+")
_SEVERAL = re.compile(r"[,;:]\s*(?=[.!?।॥,;:])|(?<=[.!?।॥;:])\s*,|(?<=[!?])[.]+")
_BEFORE_MARK = re.compile(r"\s+(?=[,.!?।॥;:])")
_SPACE = re.compile(r"\s+")


def prepared(text: str, language: str, tags: frozenset[str] = _NO_TAGS, *, latin: bool = True) -> str:
    """`text` as it is to be read aloud; "" where nothing is to be said. Never raises; prepared twice is the same.

    `tags` are the sounds that the engine can make: an author's tag of these stays, still marked (see `unmarked`),
    any other becomes a short pause. An engine that reads no Latin letters (`latin=False`) gets them in Devanagari.
    Of a text without end the first 5,000 characters are read, up to a space.
    """
    return bounded(_prepared(bounded(text), language, tags, latin))


def bounded(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text as far as it is read: the whole words among its first `most` characters."""
    if len(text) <= most:
        return text
    head = text[: most + 1]
    return (head[: head.rfind(" ")] if " " in head[most // 2 :] else head[:most]).rstrip(" ,")


@lru_cache(maxsize=4096)
def _prepared(text: str, language: str, tags: frozenset[str], latin: bool) -> str:
    for _ in range(_MOST_ROUNDS):
        before, text = text, _once(text, language, tags, latin)
        if text == before:
            break
    return text


def _once(text: str, language: str, tags: frozenset[str], latin: bool) -> str:
    parts = split(text, tags)
    parts[::2] = [_read(part, language) for part in parts[::2]]
    if not latin:
        parts[::2] = [in_devanagari(part) for part in parts[::2]]
    said = " ".join(filter(None, parts))
    return said if MARK in said or any(map(str.isalnum, said)) else ""


def _read(text: str, code: str) -> str:
    text = unlinked(composed(text))
    addresses, figures, others = _rules_of(code)
    for each in addresses:
        text = each(text)
    text = _LINE_END.sub(f"{language_of(code).full_stop} ", cleaned(text).strip())
    if any(map(str.isdecimal, text)):
        for each in figures:
            text = each(text)
    for each in others:
        text = each(text)
    return composed(_tidy(text))


def _tidy(text: str) -> str:
    """No marks that stand alone, none twice, none without a word before it."""
    text = _UNSPOKEN.sub(" ", _DASH.sub(" , ", text))
    text = _REPEATED.sub(lambda found: found[1] or ".", _LONE_MARKS.sub(" ", text))
    text = _SEVERAL.sub("", _BEFORE_MARK.sub("", _SPACE.sub(" ", text)))
    return text.strip().lstrip(",.!?।॥;: ").rstrip(", ")


@lru_cache
def _rules_of(code: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...], tuple[Rule, ...]]:
    """For addresses, for texts with figures, and for all."""
    language = language_of(code)
    return tuple(web_rules(language)), tuple(_with_figures(language)), tuple(_for_all(language))


def _with_figures(language: Language) -> Iterator[Rule]:
    yield from clock_ranges(language)
    yield from calendar_rules(language)
    yield from money_rules(language)
    yield rule(rf"{BEFORE}no\.\s*(?=#?[A-Z]*-?\d)", lambda _: f"{language.signs['#']} ")
    yield from code_rules(language)
    yield from figure_rules(language)


def _for_all(language: Language) -> Iterator[Rule]:
    short = {name.lower(): said for name, said in language.abbreviations.items()}
    yield rule(rf"{BEFORE}(?:{either(short)}){AFTER}", lambda found: short[found[0].lower()])
    yield short_names()
    yield rule(_RUN_OF_SIGNS.pattern, lambda _: " ")
    signs = {sign: said for sign, said in language.signs.items() if sign != "#"}
    yield rule(f"[{''.join(map(re.escape, signs))}]", lambda found: f" {signs[found[0]]} ")
