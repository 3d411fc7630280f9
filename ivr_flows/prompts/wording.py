"""Values as they are said: the type tells what a value is, the language how it is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from ivr_flows.model.base import Language
from ivr_flows.model.values import Type, Value
from ivr_flows.prompts import english, hindi, marathi
from ivr_flows.prompts.spelling import digit_by_digit


class Wording(Protocol):
    """What a language's module knows."""

    def number(self, count: int) -> str:
        """A whole number."""

    def rupees(self, whole: int, paise: int) -> str:
        """An amount of money."""

    def minutes(self, count: int) -> str:
        """A time that something takes."""

    def distance(self, metres: int) -> str:
        """A way, as exactly as people say it."""

    def time(self, hour: int, minute: int) -> str:
        """A time of day, of 24 hours."""

    def date(self, day: int, month: int) -> str:
        """A day of the year."""

    def joined(self, items: list[str]) -> str:
        """A list."""


_LANGUAGES: Mapping[Language, Wording] = {"hi": hindi, "mr": marathi, "en": english}


def spoken(value: object, spec: Value, language: Language) -> str:
    """A checked value in words that a synthesiser reads right. "" for no value."""
    if value is None or value == "":
        return ""
    if spec.type is Type.CHOICE and spec.words:
        return spec.words[str(value)][language]
    return _WORDERS[spec.type](value, _LANGUAGES[language])


def _phone(value: object, _: Wording) -> str:
    digits = str(value).removeprefix("+91").removeprefix("+")
    return ", ".join(" ".join(digits[at : at + 5]) for at in range(0, len(digits), 5))


def _rupees(value: object, words: Wording) -> str:
    rupees, paise = divmod(int(Decimal(str(value)) * 100), 100)
    return words.rupees(rupees, paise)


def _distance(value: object, words: Wording) -> str:
    return words.distance(int(Decimal(str(value)) * 1000))


def _time(value: object, words: Wording) -> str:
    hour, _, minute = str(value).partition(":")
    return words.time(int(hour), int(minute))


def _date(value: object, words: Wording) -> str:
    day = date.fromisoformat(str(value))
    return words.date(day.day, day.month)


def _list(value: object, words: Wording) -> str:
    return words.joined([str(item) for item in value]) if isinstance(value, list | tuple) else str(value)


_WORDERS: Mapping[Type, Callable[[object, Wording], str]] = {
    Type.TEXT: lambda value, _: str(value),
    Type.ORDER_NUMBER: lambda value, _: digit_by_digit(str(value)),
    Type.INTEGER: lambda value, words: words.number(int(str(value))),
    Type.MINUTES: lambda value, words: words.minutes(int(str(value))),
    Type.RUPEES: _rupees,
    Type.KILOMETRES: _distance,
    Type.PHONE: _phone,
    Type.TIME: _time,
    Type.DATE: _date,
    Type.LIST: _list,
}
