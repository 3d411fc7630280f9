"""Types of inputs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr_flows.model.values import Type, Value, check_value, check_values
from ivr_flows.problems import InputError

WORDS = {"cash": {"hi": "नकद", "en": "cash"}}


def value(kind: Type) -> Value:
    return Value.model_validate({"type": kind, "words": WORDS if kind is Type.CHOICE else None})


@pytest.mark.parametrize(
    ("kind", "raw", "held"),
    [
        ("text", "  a\tb\n\x00c ", "a b c"),
        ("order_number", 12345, "12345"),
        ("order_number", "ORD-12 3", "ORD-12 3"),
        ("integer", "007", 7),
        ("minutes", 20, 20),
        ("rupees", 1250, "1250"),
        ("rupees", 1250.5, "1250.50"),
        ("rupees", "₹ 1,250.50", "1250.50"),
        ("rupees", "1250.00", "1250"),
        ("kilometres", "4.5", "4.50"),
        ("phone", "98123 45678", "+919812345678"),
        ("phone", "+12125550100", "+12125550100"),
        ("time", "9:05", "09:05"),
        ("list", ["a", " b "], ["a", "b"]),
        ("list", "a", ["a"]),
        ("choice", "cash", "cash"),
    ],
)
def test_what_is_taken_and_held(kind: str, raw: object, held: object) -> None:
    spec = value(Type(kind))
    assert check_value("x", spec, raw) == held
    assert check_value("x", spec, held) == held


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", 5),
        ("text", "x" * 501),
        ("order_number", ""),
        ("order_number", True),
        ("order_number", "12;34"),
        ("integer", "1.5"),
        ("integer", -1),
        ("integer", True),
        ("integer", "९"),
        ("rupees", "12.345"),
        ("rupees", -1),
        ("rupees", "NaN"),
        ("rupees", float("inf")),
        ("rupees", "1e20"),
        ("rupees", None),
        ("phone", "12345"),
        ("phone", 9812345678),
        ("time", "25:00"),
        ("list", []),
        ("list", [1]),
        ("list", ["x"] * 51),
        ("choice", "card"),
    ],
)
def test_what_is_refused(kind: str, raw: object) -> None:
    with pytest.raises(InputError) as caught:
        check_value("total", value(Type(kind)), raw)
    assert caught.value.field.startswith("total")
    assert caught.value.expected


@given(
    kind=st.sampled_from(Type),
    raw=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
)
def test_anything_is_taken_or_refused_by_name(kind: Type, raw: object) -> None:
    spec = value(kind)
    try:
        held = check_value("x", spec, raw)
    except InputError:
        return
    assert check_value("x", spec, held) == held


def test_inputs_missing_unknown_and_defaulted() -> None:
    specs = {"total": Value(type=Type.RUPEES), "note": Value(type=Type.TEXT, default="none")}
    assert check_values(specs, {"total": 5}) == {"total": "5", "note": "none"}
    with pytest.raises(InputError, match=r"total: expected rupees .*, got None"):
        check_values(specs, {})
    with pytest.raises(InputError, match="totl: expected one of total, note inputs, got 5"):
        check_values(specs, {"totl": 5})


def test_a_default_must_fit_its_type() -> None:
    with pytest.raises(ValidationError, match="default"):
        Value(type=Type.RUPEES, default="much")
