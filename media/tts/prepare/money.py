"""Amounts of money in words: ₹1,250.50, Rs. 500/-, रु. 500, 99.50 rupees, ₹2.5 lakh, $5."""

from __future__ import annotations

import re
from collections.abc import Iterator

from media.tts.prepare.figures import NUMBER, is_range
from media.tts.prepare.language import Language, counted
from media.tts.prepare.rule import Rule, either, rule, word

_SIGN = r"₹|(?<![^\W\d_])Rs\.?|(?<![^\W\d_])INR|(?<![\u0900-\u097f])रु\.?(?![\u0900-\u097f])"
_WORD = r"rupees?|रुपय[ाे]|रुपए|रुपयों"
"""Behind two decimals it is an amount; figures without are read as they stand."""
_END = r"(?:\s*/-)?"


def money_rules(language: Language) -> Iterator[Rule]:
    """In the order in which they are to be followed."""
    scales = either(language.scales)
    amount = rf"({NUMBER})(?:\s*({scales})(?![^\W\d_]))?"
    yield rule(rf"(?:{_SIGN})\s*({NUMBER})\s*[-–—]\s*(?:{_SIGN})?\s*({NUMBER})(?!\d)", lambda m: _range(language, m))
    yield rule(rf"(?:{_SIGN})\s*{amount}{_END}", lambda m: _rupees(language, m[1], m[2] or ""))
    yield word(rf"{amount}\s*(?:₹|Rs\.?|INR|रु\.?)", lambda m: _rupees(language, m[1], m[2] or ""))
    yield word(rf"(?<![\d.,])(\d[\d,]*\.\d\d)\s*(?:{_WORD})", lambda m: _rupees(language, m[1], ""))
    yield rule(r"(?<![\d.,])(\d[\d,]*)/-", lambda m: _rupees(language, m[1], ""))
    foreign = either(language.currencies)
    yield rule(rf"({foreign})\s*{amount}", lambda m: _foreign(language, m))


def _range(language: Language, found: re.Match[str]) -> str:
    between = language.to if is_range(found[1], found[2]) else ","
    return f"{language.figure(found[1])} {between} {language.figure(found[2])} {language.rupee[1]} "


def _rupees(language: Language, amount: str, scale: str) -> str:
    whole, _, paise = amount.replace(",", "").partition(".")
    if scale or len(paise) > 2:
        return f" {language.figure(amount)} {scale} {language.rupee[1]} "
    paise = paise.ljust(2, "0") if paise else "0"
    parts = [counted(language, whole, language.rupee)] if int(whole) or not int(paise) else []
    if int(paise):
        parts.append(counted(language, str(int(paise)), language.paisa))
    return f" {' '.join(parts)} "


def _foreign(language: Language, found: re.Match[str]) -> str:
    forms = language.currencies[found[1]]
    if found[3]:
        return f" {language.figure(found[2])} {found[3]} {forms[1]} "
    return f" {counted(language, found[2], forms)} "
