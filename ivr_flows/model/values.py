"""Types of inputs and variables: what is taken, and what it is held as.

A checked value is plain JSON and passes its own check unchanged: text, except `integer` and `minutes` (int) and `list`
(list of text). Money and distance are decimals in text ("1250.50"), times "HH:MM", dates "YYYY-MM-DD", phone numbers
E.164.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ivr_flows.model.base import Language, Name, Part
from ivr_flows.problems import InputError
from ivr_flows.routes import to_e164

MOST_TEXT = 500


class Type(StrEnum):
    """What a value is, and so how it is spoken."""

    TEXT = "text"
    ORDER_NUMBER = "order_number"
    INTEGER = "integer"
    MINUTES = "minutes"
    RUPEES = "rupees"
    KILOMETRES = "kilometres"
    PHONE = "phone"
    TIME = "time"
    DATE = "date"
    LIST = "list"
    CHOICE = "choice"


class Value(Part):
    """The type of an input or variable. Written short: `total: rupees`."""

    type: Type
    default: Any = Field(None, description="Taken when nothing is given; without it the input must be given.")
    least: int | None = Field(None, description="Smallest integer or minutes.")
    most: int | None = Field(None, description="Largest integer or minutes; most items of a list.")
    words: Mapping[Name, Mapping[Language, str]] | None = Field(
        None, description="Of a choice: its values, and how each is said in every language."
    )
    description: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Value:
        if (self.type is Type.CHOICE) != bool(self.words):
            raise ValueError("`words` are needed for a choice, and only there")
        if self.default is not None:
            check_value("default", self, self.default)
        return self

    @property
    def needed(self) -> bool:
        """Whether a value must be given."""
        return self.default is None


def _short(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


ValueSpec = Annotated[Value, BeforeValidator(_short, json_schema_input_type=Type | Value)]


def check_value(field: str, spec: Value, raw: object) -> object:
    """`raw` as this type's plain value. Raises `InputError`."""
    return _CHECKS[spec.type](field, spec, raw)


def check_values(specs: Mapping[str, Value], raw: Mapping[str, object], what: str = "input") -> dict[str, object]:
    """All of them, defaults filled in. Raises `InputError` for the first that is unknown, missing or wrong."""
    for name in raw:
        if name not in specs:
            raise InputError(name, f"one of {', '.join(specs) or 'no'} {what}s", raw[name])
    return {name: check_value(name, spec, _given(name, spec, raw)) for name, spec in specs.items()}


def _given(name: str, spec: Value, raw: Mapping[str, object]) -> object:
    value = raw.get(name)
    if value is not None:
        return value
    if spec.needed:
        raise InputError(name, _expected(spec), None)
    return spec.default


def _expected(spec: Value) -> str:
    return EXPECTED[spec.type]


def _text(field: str, spec: Value, raw: object) -> str:
    if not isinstance(raw, str):
        raise InputError(field, _expected(spec), raw)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in raw).split())
    if len(text) > MOST_TEXT:
        raise InputError(field, f"at most {MOST_TEXT} characters", f"{text[:20]}… ({len(text)})")
    return text


def _order_number(field: str, spec: Value, raw: object) -> str:
    text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _/-]{0,31}", text):
        raise InputError(field, _expected(spec), raw)
    return text


def _integer(field: str, spec: Value, raw: object) -> int:
    whole = isinstance(raw, int) and not isinstance(raw, bool)
    if not whole and not (isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,12}", raw.strip())):
        raise InputError(field, _expected(spec), raw)
    number = int(str(raw))
    low, high = spec.least if spec.least is not None else 0, spec.most if spec.most is not None else 10**12
    if not low <= number <= high:
        raise InputError(field, f"a number from {low} to {high}", raw)
    return number


def _decimal(field: str, spec: Value, raw: object) -> str:
    text = str(raw).strip().removeprefix("₹").replace(",", "").strip()
    usable = isinstance(raw, str | int | float) and not isinstance(raw, bool) and len(text) <= 20
    try:
        amount = Decimal(text) if usable else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10**9 or amount != round(amount, 2):
        raise InputError(field, _expected(spec), raw)
    return format(round(amount, 2), "f") if amount % 1 else str(int(amount))


def _phone(field: str, spec: Value, raw: object) -> str:
    number = to_e164(raw) if isinstance(raw, str) else ""
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", number):
        raise InputError(field, _expected(spec), raw)
    return number


def _time(field: str, spec: Value, raw: object) -> str:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", raw.strip()) if isinstance(raw, str) else None
    if not found:
        raise InputError(field, _expected(spec), raw)
    return f"{int(found[1]):02d}:{found[2]}"


def _date(field: str, spec: Value, raw: object) -> str:
    text = raw.strip() if isinstance(raw, str) else ""
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        found = None
    if found is None:
        raise InputError(field, _expected(spec), raw)
    return found.isoformat()


def _list(field: str, spec: Value, raw: object) -> list[str]:
    most = spec.most if spec.most is not None else 50
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not 1 <= len(items) <= most:
        raise InputError(field, f"a list of 1 to {most} texts", raw)
    return [_text(f"{field}[{index}]", spec, item) for index, item in enumerate(items)]


def _choice(field: str, spec: Value, raw: object) -> str:
    if not isinstance(raw, str) or raw not in (spec.words or {}):
        raise InputError(field, f"one of {', '.join(spec.words or {})}", raw)
    return raw


_CHECKS: Mapping[Type, Callable[[str, Value, object], object]] = {
    Type.TEXT: _text,
    Type.ORDER_NUMBER: _order_number,
    Type.INTEGER: _integer,
    Type.MINUTES: _integer,
    Type.RUPEES: _decimal,
    Type.KILOMETRES: _decimal,
    Type.PHONE: _phone,
    Type.TIME: _time,
    Type.DATE: _date,
    Type.LIST: _list,
    Type.CHOICE: _choice,
}
EXPECTED: Mapping[Type, str] = {
    Type.TEXT: "text",
    Type.ORDER_NUMBER: "an order number (letters, digits, -, / and _; at most 32)",
    Type.INTEGER: "a whole number",
    Type.MINUTES: "a whole number of minutes",
    Type.RUPEES: "rupees with at most two decimals, such as 1250 or 1250.50",
    Type.KILOMETRES: "kilometres with at most two decimals, such as 4 or 4.5",
    Type.PHONE: "a phone number with its country, such as +919812345678, or ten digits",
    Type.TIME: "a time of day, such as 18:30",
    Type.DATE: "a date, such as 2026-10-02",
    Type.LIST: "a list of texts",
    Type.CHOICE: "one of its words",
}
