"""A graph drawn as SVG: text that stays text, for any browser, without a program to draw it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from ivr_flows.graph.layers import Knot, layered
from ivr_flows.graph.model import Edge, Graph, Node, Shape
from ivr_flows.graph.positions import place

_LINE = 16.0
_LETTER = 7.0
"""Width of a letter of the text in pixels, on average and rather more than less."""
_PADDING = 14.0
_MARGIN = 20.0
_TITLE = 34.0
_LOOP = 26.0
_PORTS_APART = 26.0
_FILL: Mapping[Shape, str] = {
    Shape.QUESTION: "#e3f0ff",
    Shape.WORDS: "#ffffff",
    Shape.BRANCH: "#f3ecff",
    Shape.BACKEND: "#e7f7e9",
    Shape.TRANSFER: "#e0f5f5",
    Shape.END: "#eceff1",
    Shape.ALWAYS: "#fff8e1",
}
_STYLE = """\
text { font: 12px system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif; fill: #1b2733; text-anchor: middle; }
.name { font-weight: 600; }
.title { font-size: 16px; text-anchor: start; }
.edge { fill: none; stroke: #5b6b7a; stroke-width: 1.4; }
.fallback { stroke: #a8b3bd; stroke-dasharray: 5 4; }
.step { stroke: #5b6b7a; stroke-width: 1.2; }
.first { stroke-width: 3; }
.label { font-size: 11px; fill: #3d4c59; }
.behind { fill: #ffffff; fill-opacity: 0.9; }
.traced .edge:not(.taken), .traced .node:not(.taken), .traced .label:not(.taken) { opacity: 0.35; }
.edge.taken { stroke: #b36b00; stroke-width: 3; stroke-dasharray: none; }
.taken .step { stroke: #b36b00; stroke-width: 2.6; }
"""
_ARROW = (
    '<marker id="{id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="{size}" markerHeight="{size}" '
    'orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0 L10 5 L0 10 z" fill="{fill}"/></marker>'
)


def svg(graph: Graph) -> str:
    """The picture."""
    loops = {edge.source: edge for edge in graph.edges if edge.source == edge.target}
    knots = {node.name: _knot(node, loops.get(node.name)) for node in graph.nodes}
    pairs = [(edge.source, edge.target) for edge in graph.edges]
    laid = layered(knots, pairs, [_room(edge) for edge in graph.edges])
    width, height = place(laid.layers, _MARGIN)
    width = max(width, _width(graph.name) * 1.4 + 2 * _MARGIN)
    body = [_edge(edge, chain) for edge, chain in zip(graph.edges, laid.chains, strict=True)]
    body += [_node(node, knots[node.name], node.name in loops) for node in graph.nodes]
    body += [_label(edge, chain) for edge, chain in zip(graph.edges, laid.chains, strict=True)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height + _TITLE:.0f}" '
            f'width="{width:.0f}" height="{height + _TITLE:.0f}" class="{"traced" if graph.traced else "whole"}">',
            f"<title>{escape(graph.name)}</title>",
            f"<style>{_STYLE}</style>",
            "<defs>",
            _ARROW.format(id="arrow", size=9, fill="#5b6b7a"),
            _ARROW.format(id="taken", size=12, fill="#b36b00"),
            "</defs>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text class="title" x="{_MARGIN:.0f}" y="26">{escape(graph.name)}</text>',
            f'<g transform="translate(0 {_TITLE:.0f})">',
            *filter(None, body),
            "</g>",
            "</svg>\n",
        ]
    )


def _width(text: str) -> float:
    """How wide a text is drawn, about: signs that sit on others take no room."""
    return _LETTER * sum(unicodedata.category(letter) != "Mn" for letter in text)


def _wrapped(lines: Sequence[str], most: int = 26) -> list[str]:
    wrapped: list[str] = []
    for line in lines:
        wrapped.append("")
        for word in line.split():
            if wrapped[-1] and len(wrapped[-1]) + 1 + len(word) > most:
                wrapped.append("")
            wrapped[-1] = f"{wrapped[-1]} {word}".strip()
    return wrapped


def _knot(node: Node, loop: Edge | None) -> Knot:
    lines = [node.name, *_wrapped(node.lines)]
    slant = 2 * _PADDING if node.shape in (Shape.BRANCH, Shape.TRANSFER, Shape.END) else 0.0
    width = max(map(_width, lines)) + 2 * _PADDING + slant
    room = 2 * (_LOOP + _room(loop)[0]) if loop else 0.0
    return Knot(width + room, len(lines) * _LINE + _PADDING)


def _room(edge: Edge) -> tuple[float, float]:
    lines = _wrapped(edge.lines)
    return (max(map(_width, lines)) + 6, len(lines) * (_LINE - 2)) if lines else (0.0, 0.0)


def _edge(edge: Edge, chain: Sequence[Knot]) -> str:
    kind = "".join((" fallback" if edge.fallback else "", " taken" if edge.taken else ""))
    arrow = "taken" if edge.taken else "arrow"
    way = _loop(edge, chain[0]) if len(chain) == 1 else _curve(chain)
    return f'<path class="edge{kind}" marker-end="url(#{arrow})" d="{way}"/>'


def _loop(edge: Edge, knot: Knot) -> str:
    right = knot.x + knot.width / 2 - _LOOP - _room(edge)[0]
    up, down = knot.y - knot.height / 4, knot.y + knot.height / 4
    return f"M{right:.1f} {up:.1f} C{right + _LOOP:.1f} {up:.1f} {right + _LOOP:.1f} {down:.1f} {right:.1f} {down:.1f}"


def _curve(chain: Sequence[Knot]) -> str:
    """Upright through the places of the layers, from the source's side to the target's."""
    down = chain[0].y < chain[-1].y
    points = [_side(chain[0], chain[1], below=down)]
    for knot in chain[1:-1]:
        half = knot.height / 2 if down else -knot.height / 2
        points += [(knot.x, knot.y - half), (knot.x, knot.y + half)]
    points.append(_side(chain[-1], chain[-2], below=not down))
    way = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        way += f" C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}" if y1 != y2 else ""
    return way


def _side(knot: Knot, towards: Knot, *, below: bool) -> tuple[float, float]:
    """Where an edge leaves or reaches a step: those of one side stand beside each other, in the order of their ways."""
    side = sorted(knot.below if below else knot.above, key=lambda other: other.x)
    place = next(index for index, other in enumerate(side) if other is towards)
    apart = min(_PORTS_APART, 0.6 * knot.width / len(side))
    return knot.x + (place - (len(side) - 1) / 2) * apart, knot.y + (knot.height / 2 if below else -knot.height / 2)


def _label(edge: Edge, chain: Sequence[Knot]) -> str:
    lines = _wrapped(edge.lines)
    if not lines:
        return ""
    if len(chain) == 1:
        knot = chain[0]
        x, y = knot.x + knot.width / 2 - _room(edge)[0] / 2, knot.y
    else:
        knot = max(chain[1:-1], key=lambda cut: cut.width)
        x, y = knot.x, knot.y
    width, height = _room(edge)
    kind = "label taken" if edge.taken else "label"
    behind = f'<rect class="behind" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
    return behind + f'width="{width:.1f}" height="{height:.1f}"/>' + _text(lines, (x, y), _LINE - 2, kind)


def _text(lines: Sequence[str], at: tuple[float, float], height: float, kind: str, first: str = "") -> str:
    x, y = at
    top = y - (len(lines) - 1) * height / 2 + 4
    spans = [
        f'<tspan x="{x:.1f}" y="{top + index * height:.1f}"{f" class={first!r}" if first and not index else ""}>'
        f"{escape(line)}</tspan>"
        for index, line in enumerate(lines)
    ]
    return f'<text class="{kind}">{"".join(spans)}</text>'


def _node(node: Node, knot: Knot, loops: bool) -> str:
    lines = [node.name, *_wrapped(node.lines)]
    own = _knot(node, None)
    x, y, half, tall = knot.x, knot.y, own.width / 2, own.height / 2
    shape = _OUTLINES[node.shape](x - half, y - tall, x + half, y + tall)
    kind = "step first" if node.first else "step"
    return (
        f'<g class="node{" taken" if node.taken else ""}"><title>{escape(node.name)}</title>'
        f'<path class="{kind}" fill="{_FILL[node.shape]}" d="{shape}"/>'
        f"{_text(lines, (x, y), _LINE, 'words', 'name')}</g>"
    )


def _rounded(radius: float) -> Callable[[float, float, float, float], str]:
    def outline(left: float, top: float, right: float, bottom: float) -> str:
        r = min(radius, (bottom - top) / 2)
        corner = f"a{r:.1f} {r:.1f} 0 0 1"
        return (
            f"M{left + r:.1f} {top:.1f} H{right - r:.1f} {corner} {r:.1f} {r:.1f} V{bottom - r:.1f} "
            f"{corner} {-r:.1f} {r:.1f} H{left + r:.1f} {corner} {-r:.1f} {-r:.1f} V{top + r:.1f} "
            f"{corner} {r:.1f} {-r:.1f} z"
        )

    return outline


def _hexagon(left: float, top: float, right: float, bottom: float) -> str:
    middle, cut = (top + bottom) / 2, _PADDING
    return (
        f"M{left:.1f} {middle:.1f} L{left + cut:.1f} {top:.1f} H{right - cut:.1f} L{right:.1f} {middle:.1f} "
        f"L{right - cut:.1f} {bottom:.1f} H{left + cut:.1f} z"
    )


def _slanted(left: float, top: float, right: float, bottom: float) -> str:
    cut = _PADDING
    return f"M{left + cut:.1f} {top:.1f} H{right:.1f} L{right - cut:.1f} {bottom:.1f} H{left:.1f} z"


_OUTLINES: Mapping[Shape, Callable[[float, float, float, float], str]] = {
    Shape.QUESTION: _rounded(10),
    Shape.WORDS: _rounded(2),
    Shape.BRANCH: _hexagon,
    Shape.BACKEND: _rounded(4),
    Shape.TRANSFER: _slanted,
    Shape.END: _rounded(40),
    Shape.ALWAYS: _rounded(40),
}
