"""What a picture of a flow is made of: nodes, edges, and which of them calls took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise


class Shape(StrEnum):
    """What a step is for, as it is drawn."""

    QUESTION = "question"
    WORDS = "words"
    BRANCH = "branch"
    BACKEND = "backend"
    TRANSFER = "transfer"
    END = "end"
    ALWAYS = "always"
    """No step: what holds at every question, or at any time."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step. `lines`: what is written below its name."""

    name: str
    shape: Shape
    lines: tuple[str, ...] = ()
    first: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """All ways from one step to another. `fallback`: only for callers who did not answer, or by a command."""

    source: str
    target: str
    labels: tuple[str, ...] = ()
    fallback: bool = False
    count: int | None = None
    """How often calls took it; None when that was not asked."""
    taken: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """What is written at it."""
        return self.labels if self.count is None else (*self.labels, f"× {self.count}")


@dataclass(frozen=True, slots=True)
class Graph:
    """A flow's steps in their order, and the ways between them."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    usual: tuple[Edge, ...] = ()
    """Ways from every question (commands, giving up): drawn once for all, and by themselves where calls took them."""
    traced: bool = False
    """Whether a call's way is marked; all else steps back then."""

    def counted(self, paths: Iterable[Iterable[str]]) -> Graph:
        """With how often each edge was taken in `paths` (steps in the order in which calls came to them)."""
        counts = Counter(pair for path in paths for pair in pairwise(path))
        for edge in self.usual:
            for always in self._always.get(edge.target, ()):
                counts[always.source, always.target] += counts[edge.source, edge.target]
        edges = tuple(replace(edge, count=counts[edge.source, edge.target]) for edge in self._drawn(counts))
        return replace(self, edges=edges)

    def tracing(self, paths: Iterable[Iterable[str]]) -> Graph:
        """With the way of one call marked."""
        ways = [tuple(path) for path in paths]
        pairs = {pair for way in ways for pair in pairwise(way)}
        steps = {step for way in ways for step in way}
        edges = tuple(replace(edge, taken=(edge.source, edge.target) in pairs) for edge in self._drawn(pairs))
        nodes = tuple(replace(node, taken=node.name in steps) for node in self.nodes)
        return replace(self, nodes=nodes, edges=edges, traced=True)

    @property
    def _always(self) -> dict[str, list[Edge]]:
        """The edges that are drawn once for all questions, by their targets."""
        sources = {node.name for node in self.nodes if node.shape is Shape.ALWAYS}
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            if edge.source in sources:
                found.setdefault(edge.target, []).append(edge)
        return found

    def _drawn(self, taken: Iterable[tuple[str, str]]) -> list[Edge]:
        """The edges, with those that were taken and are not drawn by themselves: usual ways, and repetitions."""
        known = {(edge.source, edge.target) for edge in self.edges}
        usual = {(edge.source, edge.target): edge for edge in self.usual}
        names = {node.name for node in self.nodes}
        others = [pair for pair in sorted(set(taken) - known) if names.issuperset(pair)]
        return [*self.edges, *(usual.get(pair) or self._other(*pair) for pair in others)]

    def _other(self, source: str, target: str) -> Edge:
        """A way that is not written at its step: the end of the time, or a repetition."""
        labels = tuple(label for always in self._always.get(target, ()) for label in always.labels)
        return Edge(source, target, labels or ("again",), fallback=True)
