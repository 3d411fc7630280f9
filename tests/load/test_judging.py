from __future__ import annotations

from typing import Any

import pytest

from load.judging import differences
from load.paths import Move, Way

CONFIRMS = Way(14, "…", "confirmed", (Move("1"), Move("20#")), {"ready_in": 20})


def _record(**changes: Any) -> dict[str, Any]:
    keys = [{"kind": "key", "data": {"digit": digit}} for digit in changes.pop("keys", "120#")]
    return {
        "outcome": "confirmed",
        "data": {"ready_in": 20},
        "events": [{"kind": "bridged", "data": {}}, *keys],
        **changes,
    }


def test_what_was_pressed_came_about() -> None:
    assert differences(CONFIRMS, _record()) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcome": "rejected"}, "outcome 'rejected', expected 'confirmed'"),
        ({"outcome": ""}, "outcome 'none'"),
        ({"data": {"ready_in": 2}}, "ready_in 2, expected 20"),
        ({"keys": "10#"}, "'10#' heard, '120#' pressed"),
    ],
)
def test_what_is_otherwise_is_told(changes: dict[str, Any], said: str) -> None:
    assert said in differences(CONFIRMS, _record(**changes))


def test_keys_that_are_hidden_are_not_compared() -> None:
    assert differences(CONFIRMS, _record(keys="••••")) == ""
