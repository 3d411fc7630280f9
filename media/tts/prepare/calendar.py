"""Dates and times of day in words. Days come before months, as they are written in India."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from media.tts.prepare.language import Language
from media.tts.prepare.rule import Rule, either, rule, word

_ANY_YEAR = 2000
"""A leap year, for dates that name none."""
_HALF = r"(?:\s*([ap])\.?\s?m(?:\.|(?![^\W\d_])))"


def calendar_rules(language: Language) -> Iterator[Rule]:
    """In the order in which they are to be followed."""
    yield rule(
        r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?:T(?=\d)|(?![\d-]))", lambda m: _numbers(language, m, m[3], m[2], m[1])
    )
    yield word(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", lambda m: _numbers(language, m, m[1], m[3], m[4]))
    yield word(r"(\d{2})/(\d{2})", lambda m: _numbers(language, m, m[1], m[2], ""))
    months = either(language.month_names)
    suffix = rf"(?:\s?(?:{language.suffixes}))?"
    year = r"(?:\s*,?\s*'?(?P<year>\d{4})(?![\d:.,]*\d))?"
    day_first = rf"(?P<day>\d{{1,2}}){suffix}\s*[-,]?\s*(?:of\s+)?(?P<month>{months})\.?(?:-(?=\d))?{year}"
    month_first = (
        rf"(?P<month2>{months})\.?\s+(?P<day2>\d{{1,2}}){suffix}(?![:.,]?\d|\s*(?:%|[ap]\.?m))"
        rf"{year.replace('<year>', '<year2>')}"
    )
    yield word(f"{day_first}|{month_first}", lambda m: _named(language, m, *_of_either(m)))
    yield word(rf"({months})\.?\s*,?\s+(\d{{4}})", lambda m: _named(language, m, "", m[1], m[2]))
    after = rf"(?:\s*(?:{language.clock_words}))?" if language.clock_words else ""
    yield word(rf"(\d{{1,2}})[:.](\d{{2}})(?::\d{{2}})?{_HALF}{after}", lambda m: _clock(language, m, m[2], m[3]))
    yield word(rf"(\d{{1,2}}){_HALF}{after}", lambda m: _clock(language, m, "00", m[2]))
    yield word(rf"(\d{{1,2}}):(\d{{2}})(?::\d{{2}}(?:\.\d+)?)?(?!:)Z?{after}", lambda m: _clock(language, m, m[2], ""))
    if language.clock_words:
        yield word(rf"(\d{{1,2}})\.(\d{{2}})\s*(?:{language.clock_words})", lambda m: _clock(language, m, m[2], ""))


def clock_ranges(language: Language) -> Iterator[Rule]:
    """From one time of day to another: only the dash is said, the times are left to the other rules."""
    dash = r"\s*[-–—]\s*"
    yield rule(rf"(?<=\d){dash}(?=\d{{1,2}}(?:[:.]\d{{2}})?\s*[ap]\.?m)", lambda _: f" {language.to} ")
    yield rule(rf"(?<=\d:\d\d){dash}(?=\d{{1,2}}:\d\d)", lambda _: f" {language.to} ")
    yield rule(rf"(?<=[ap]m){dash}(?=\d)", lambda _: f" {language.to} ")


def _of_either(found: re.Match[str]) -> tuple[str, str, str]:
    """Day, month and year, whichever comes first."""
    day, month = found["day"] or found["day2"], found["month"] or found["month2"]
    return day, month, found["year"] or found["year2"] or ""


def _numbers(language: Language, found: re.Match[str], day: str, month: str, year: str) -> str:
    """A date in figures; what is none is left for other rules."""
    full = f"20{year}" if len(year) == 2 else year
    try:
        date(int(full or _ANY_YEAR), int(month), int(day))
    except ValueError:
        return found[0]
    said = language.year(int(full)) if full else ""
    return f"{language.date(str(int(day)), language.months[int(month) - 1], said)} "


def _named(language: Language, found: re.Match[str], day: str, month: str, year: str | None) -> str:
    number = language.month_names[month.lower()]
    try:
        date(_ANY_YEAR, number, int(day or 1))
    except ValueError:
        return found[0]
    said = language.year(int(year)) if year else ""
    return f"{language.date(str(int(day)) if day else '', language.months[number - 1], said)} "


def _clock(language: Language, found: re.Match[str], minutes: str, half: str) -> str:
    hour, minute = int(found[1]), int(minutes)
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return found[0]
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return f"{language.clock(hour, minute, bool(half) or hour > 12 or hour == 0)} "
