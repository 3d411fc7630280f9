"""Conditions of branches."""

from __future__ import annotations

import pytest

from ivr_flows.expressions import ExpressionError, holds, names_in_expression

VALUES = {"total": "1250.50", "minutes": 12, "status": "placed", "note": None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("total > 500", True),
        ("total == 1250.5", True),
        ("minutes < 12 or status == 'placed'", True),
        ("not status == 'placed'", False),
        ("minutes >= 12 and minutes <= 12", True),
        ("status > 5", False),
        ("note", False),
        ("note == 0", False),
        ("unknown != 'x'", True),
    ],
)
def test_conditions(condition: str, expected: bool) -> None:
    names_in_expression(condition)
    assert holds(condition, VALUES) is expected


@pytest.mark.parametrize("condition", ["", "a.b", "f(x)", "a +", "1 < a < 3", "a in b", "a }} {{ b", "'x' ~ a"])
def test_what_is_no_condition(condition: str) -> None:
    with pytest.raises(ExpressionError):
        names_in_expression(condition)


def test_names() -> None:
    assert names_in_expression("a == 'x' and not b") == {"a", "b"}
    assert names_in_expression("a") == {"a"}
