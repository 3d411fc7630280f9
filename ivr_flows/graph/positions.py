"""Where the knots of each layer stand: as near to their neighbours as the space between them lets them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ivr_flows.graph.layers import Knot

_ROUNDS = 60
_APART = 22.0
_LAYERS_APART = 16.0
_STRAIGHT = 8.0
"""How much more an edge that passes a layer is kept straight than a step is kept below its neighbours."""


def place(layers: Sequence[Sequence[Knot]], margin: float) -> tuple[float, float]:
    """Give each knot its x and y (its middle); the size of the whole, with a margin around."""
    _stack(layers, margin)
    for layer in layers:
        _settle(layer, [0.0] * len(layer))
    for round_ in range(_ROUNDS):
        for layer in layers if round_ % 2 == 0 else layers[::-1]:
            _settle(layer, [_wanted(knot) for knot in layer])
    left = min(knot.x - knot.width / 2 for layer in layers for knot in layer) - margin
    for layer in layers:
        for knot in layer:
            knot.x -= left
    right = max(knot.x + knot.width / 2 for layer in layers for knot in layer) + margin
    last = layers[-1]
    return right, last[0].y + max(knot.height for knot in last) / 2 + margin


def _stack(layers: Sequence[Sequence[Knot]], margin: float) -> None:
    top = margin
    for layer in layers:
        height = max(knot.height for knot in layer)
        for knot in layer:
            knot.y = top + height / 2
            if knot.edge >= 0 and not knot.width:
                knot.height = height
        top += height + _LAYERS_APART


def _wanted(knot: Knot) -> float:
    neighbours = knot.above + knot.below
    return sum(other.x for other in neighbours) / len(neighbours) if neighbours else knot.x


def _settle(layer: Sequence[Knot], wanted: Sequence[float]) -> None:
    """The places nearest to those wanted (least squares) that keep the order and the distances.

    With the distances taken away this is isotonic regression, done by pooling what is out of order.
    """
    offsets = [0.0]
    for left, right in pairwise(layer):
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + _APART)
    pools: list[tuple[float, float, int]] = []
    for knot, want, offset in zip(layer, wanted, offsets, strict=True):
        weight = _STRAIGHT if knot.edge >= 0 else 1.0
        pools.append((weight, want - offset, 1))
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            (weight, at, count), (other_weight, other_at, other_count) = pools.pop(), pools.pop()
            whole = weight + other_weight
            pools.append((whole, (weight * at + other_weight * other_at) / whole, count + other_count))
    places = [at for _, at, count in pools for _ in range(count)]
    for knot, at, offset in zip(layer, places, offsets, strict=True):
        knot.x = at + offset
