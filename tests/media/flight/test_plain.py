"""Values to JSON and back by their types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.flight.plain import PlainError, plain, typed, typed_as
from media.turn.contest import ContestRules
from media.turn.expectation import Expectation, Manner


class Colour(Enum):
    RED = auto()
    BLUE = auto()


@dataclass(frozen=True)
class Inner:
    number: float
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Outer:
    inner: Inner | None
    many: tuple[Inner, ...] = ()
    where: Path | None = None
    said: Mapping[str, object] = field(default_factory=dict)


inners = st.builds(Inner, st.floats(allow_nan=False), st.sampled_from(Colour))
outers = st.builds(
    Outer,
    st.none() | inners,
    st.lists(inners).map(tuple),
    st.none() | st.just(Path("/a/b")),
    st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()),
)


@given(outers)
def test_a_dataclass_comes_back_through_json_bit_by_bit(value: Outer) -> None:
    assert typed(Outer, json.loads(json.dumps(plain(value)))) == value


def test_what_the_turns_are_given_comes_back() -> None:
    for value in (Manner(contest=ContestRules(wariness=(1, 3))), Expectation(silence_ms=None, max_turn_ms=900)):
        assert typed(type(value), json.loads(json.dumps(plain(value)))) == value


def test_an_enumeration_goes_by_name() -> None:
    assert plain(Colour.BLUE) == "BLUE"
    with pytest.raises(PlainError, match=r"expected a Colour \(RED, BLUE\), got 'GREEN'"):
        typed(Colour, "GREEN")


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Inner, {"number": 1, "shape": 2}, "a Inner has no shape"),
        (Inner, {}, "not a whole Inner"),
        (Inner, 3, "expected the parts of a Inner, got 3"),
        (int, "one", "expected int, got 'one'"),
        (tuple[int, ...], 1, "expected tuple, got 1"),
        (int | None, "x", "expected one of"),
    ],
)
def test_what_does_not_fit_is_told(kind: object, value: object, told: str) -> None:
    with pytest.raises(PlainError, match=told):
        typed_as(kind, value)


def test_what_is_no_plain_value_is_refused() -> None:
    with pytest.raises(PlainError, match="got object"):
        plain(object())
