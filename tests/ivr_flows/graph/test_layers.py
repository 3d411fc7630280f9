"""Layers go one way, crossings are few, and nothing stands on another."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.graph.layers import Knot, layered
from ivr_flows.graph.positions import place

Pairs = list[tuple[str, str]]


def laid_out(names: str, pairs: Pairs) -> tuple[dict[str, Knot], list[list[Knot]]]:
    steps = {name: Knot(60 + 10 * index, 40 + 7 * index) for index, name in enumerate(names)}
    laid = layered(steps, pairs, [(30.0, 14.0) if index % 2 else (0.0, 0.0) for index, _ in enumerate(pairs)])
    place(laid.layers, 10)
    return steps, [list(layer) for layer in laid.layers]


def test_each_step_is_below_those_that_lead_to_it() -> None:
    steps, _ = laid_out("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("d", "b")])
    assert [steps[name].layer for name in "abcd"] == [0, 2, 4, 6]
    assert steps["a"].y < steps["b"].y < steps["c"].y < steps["d"].y


def test_a_crossing_that_need_not_be_is_not() -> None:
    steps, _ = laid_out("abcd", [("a", "d"), ("b", "c")])
    assert (steps["a"].x < steps["b"].x) == (steps["d"].x < steps["c"].x)


@pytest.mark.parametrize("pairs", [[("a", "a")], [("a", "b"), ("b", "a")], [("a", "b"), ("b", "c"), ("c", "a")]])
def test_circles_have_layers_too(pairs: Pairs) -> None:
    steps, _ = laid_out("abc", pairs)
    assert min(knot.x - knot.width / 2 for knot in steps.values()) >= 0


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), unique=True, max_size=20))
def test_nothing_overlaps(pairs: Pairs) -> None:
    _, layers = laid_out("abcdefgh", pairs)
    for layer in layers:
        for one, other in combinations(layer, 2):
            assert abs(one.x - other.x) + 0.01 >= (one.width + other.width) / 2
    rows = [
        (knot.y - knot.height / 2, knot.y + knot.height / 2) for layer in layers for knot in [max(layer, key=_tall)]
    ]
    assert all(above[1] <= below[0] + 0.01 for above, below in pairwise(rows))


def _tall(knot: Knot) -> float:
    return knot.height
