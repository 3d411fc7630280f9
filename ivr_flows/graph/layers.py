"""Steps put into layers, and the layers into an order with few crossings (after Sugiyama, Tagawa and Toda, 1981).

Our own rather than a package: what is on the index for it is either a binding to a program of the machine's, or lacks
room for the words at the edges, which are the point of this picture. Every edge is cut at every layer that it passes;
between two layers of steps is one for the words, so that they have a place of their own like the steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 24


@dataclass(slots=True)
class Knot:
    """A place in a layer: a step, or where an edge passes. Sizes in pixels; `edge` is the edge's number, or -1."""

    width: float
    height: float
    edge: int = -1
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    above: list[Knot] = field(default_factory=list)
    below: list[Knot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layered:
    """The layers, from the top; each edge's knots from its source to its target."""

    layers: Sequence[list[Knot]]
    chains: Sequence[list[Knot]]


def layered(
    steps: Mapping[str, Knot], pairs: Sequence[tuple[str, str]], words: Sequence[tuple[float, float]]
) -> Layered:
    """Put `steps` (the first of them on top) and the edges between them in layers; `words` are their labels' sizes."""
    backward = _backward(list(steps), pairs)
    ranks = _ranks(list(steps), [_turned(pair, index in backward) for index, pair in enumerate(pairs)])
    for name, knot in steps.items():
        knot.layer = 2 * ranks[name]
    layers: dict[int, list[Knot]] = defaultdict(list)
    chains = []
    for knot in steps.values():
        layers[knot.layer].append(knot)
    for index, pair in enumerate(pairs):
        upper, lower = (steps[name] for name in _turned(pair, index in backward))
        chain = [upper, *_cuts(index, upper, lower, words[index]), lower] if upper is not lower else [upper]
        for knot in chain[1:-1]:
            layers[knot.layer].append(knot)
        for above, below in pairwise(chain):
            above.below.append(below)
            below.above.append(above)
        chains.append(chain[::-1] if index in backward else chain)
    ordered = [layers[number] for number in sorted(layers)]
    return Layered(_ordered(ordered), chains)


def _turned(pair: tuple[str, str], turn: object) -> tuple[str, str]:
    return (pair[1], pair[0]) if turn else pair


def _backward(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> set[int]:
    """The edges that close a circle, as a walk from the first step on finds them."""
    out: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for index, (source, target) in enumerate(pairs):
        out[source].append((index, target))
    found: set[int] = set()
    done: set[str] = set()
    for root in names:
        way, ahead = [root], [iter(out[root])]
        while ahead and root not in done:
            index, target = next(ahead[-1], (-1, ""))
            if index < 0:
                done.add(way.pop())
                ahead.pop()
            elif target in way:
                found.add(index)
            elif target not in done:
                way.append(target)
                ahead.append(iter(out[target]))
    return found


def _ranks(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Each step one below the lowest of those that lead to it."""
    into: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        if source != target:
            into[target].append(source)
    ranks: dict[str, int] = {}
    ahead = list(names)
    while ahead:
        name = ahead[-1]
        if missing := [source for source in into[name] if source not in ranks]:
            ahead += missing
        else:
            ranks[ahead.pop()] = max((ranks[source] + 1 for source in into[name]), default=0)
    return ranks


def _cuts(edge: int, upper: Knot, lower: Knot, words: tuple[float, float]) -> list[Knot]:
    """Where an edge passes the layers between; the words stand in the first."""
    return [
        Knot(*(words if layer == upper.layer + 1 else (0.0, 0.0)), edge=edge, layer=layer)
        for layer in range(upper.layer + 1, lower.layer)
    ]


def _ordered(layers: list[list[Knot]]) -> list[list[Knot]]:
    """The best order that sweeps down and up, by the mean place of the neighbours, come to."""
    best, fewest = layers, _crossings(layers)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        places = {id(knot): place for layer in layers for place, knot in enumerate(layer)}
        for layer in layers if down else layers[::-1]:
            layer_means = {id(knot): _mean(knot.above if down else knot.below, places, knot) for knot in layer}
            new = sorted(layer, key=lambda knot: layer_means[id(knot)])
            places.update({id(knot): place for place, knot in enumerate(new)})
        layers = [sorted(layer, key=lambda knot: places[id(knot)]) for layer in layers]
        if (crossings := _crossings(layers)) < fewest:
            best, fewest = layers, crossings
    return best


def _mean(neighbours: Sequence[Knot], places: Mapping[int, int], knot: Knot) -> float:
    if not neighbours:
        return places[id(knot)]
    return sum(places[id(other)] for other in neighbours) / len(neighbours)


def _crossings(layers: Sequence[Sequence[Knot]]) -> int:
    return sum(_between(upper, lower) for upper, lower in pairwise(layers))


def _between(upper: Sequence[Knot], lower: Sequence[Knot]) -> int:
    places = {id(knot): place for place, knot in enumerate(lower)}
    ends = [place for knot in upper for place in sorted(places[id(other)] for other in knot.below)]
    return sum(one > other for index, one in enumerate(ends) for other in ends[index + 1 :])
