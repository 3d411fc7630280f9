"""How long a text takes to hear, and what it sounds like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ivr_flows.matching import normalise
from ivr_flows.model.base import Language

_LETTER_MS: Mapping[Language, int] = {"en": 64, "hi": 92, "mr": 88}
_PAUSE_MS = 420
"""Fitted to the shop's fixed prompts as espeak-ng speaks them at its rates for the telephone; off by at most 0.9 s."""
_VALUE_LETTERS = 15
_VALUE = re.compile(r"\{\{.*?\}\}")
_LOGIC = re.compile(r"\{%.*?%\}")
_NO_LETTERS = re.compile(r"[^\w\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963]+|_+")
"""All but letters, figures and the signs that Devanagari joins to its letters."""
_PAUSES = ".,;:?!।"
_ROMAN = tuple(pair.split(">") for pair in ["ph>f", "ck>k", "q>k", "c>k", "w>v", "z>s", "x>ks", "gh>g", "th>t"])
_DEVANAGARI = str.maketrans("खघछझठढथधफभषशणऔऐईऊ", "कगचजटडतदपबससनओएइउ")
_LONG_SIGNS = str.maketrans("\u0940\u0942\u0948\u094c", "\u093f\u0941\u0947\u094b")


def plain(text: str) -> str:
    """The text without its variables and conditions."""
    return _LOGIC.sub(" ", _VALUE.sub(" ", text)) if "{" in text else text


def milliseconds(text: str, language: Language, speed: float = 1.0) -> float:
    """How long a text takes to hear, a variable counted as 15 letters."""
    said = _LOGIC.sub(" ", _VALUE.sub("x" * _VALUE_LETTERS, text)) if "{" in text else text
    return _spoken_ms(said, len(_NO_LETTERS.sub("", said)), language) / speed


def most_milliseconds(text: str, language: Language, speed: float = 1.0) -> float:
    """No less than `milliseconds`, and quick to tell: blanks and signs count as letters."""
    return milliseconds(text, language, speed) if "{" in text else _spoken_ms(text, len(text), language) / speed


def _spoken_ms(said: str, letters: int, language: Language) -> float:
    return letters * _LETTER_MS[language] + sum(map(said.count, _PAUSES)) * _PAUSE_MS


@lru_cache(maxsize=16_384)
def sound(phrase: str) -> str:
    """A phrase by its sounds: aspirated and plain, long and short, doubled and single are one."""
    said = normalise(phrase).translate(_DEVANAGARI).translate(_LONG_SIGNS)
    for written, heard in _ROMAN:
        said = said.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", said.replace(" ", ""))


@lru_cache(maxsize=65_536)
def near(one: str, other: str) -> bool:
    """Whether two phrases, as `sound` gives them, are the same, or are long and differ in one letter."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    half = min(len(one), len(other)) // 2
    if one[:half] != other[:half] and one[-half:] != other[-half:]:
        return False
    head = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[head + 1 :] == other[head + 1 :] or one[head + 1 :] == other[head:] or one[head:] == other[head + 1 :]
