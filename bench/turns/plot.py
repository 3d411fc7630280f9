"""Curves of cut-ins against delay, as SVG: one a way of hearing, a point a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 46, 56
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#b7791f", "#455a64")


@dataclass(frozen=True, slots=True)
class Point:
    """One setting."""

    label: str
    delay_ms: float
    cut_ins: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One way of hearing, over its settings."""

    name: str
    points: Sequence[Point]
    dashed: bool = False


def svg(title: str, curves: Sequence[Curve], *, most_delay_ms: float, most_cut_ins: float) -> str:
    """The picture; what is held to is the shaded corner."""
    points = [point for curve in curves for point in curve.points]
    widest = max([1000.0, *(point.delay_ms for point in points)]) * 1.05
    highest = max([0.1, *(point.cut_ins for point in points)]) * 1.1
    axes = _Axes(widest, highest)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="24" font-size="15">{escape(title)}</text>',
        axes.held_to(most_delay_ms, most_cut_ins),
        *axes.grid(),
        *(axes.curve(curve, place) for place, curve in enumerate(curves)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Axes:
    widest: float
    highest: float

    def x(self, delay_ms: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * delay_ms / self.widest

    def y(self, cut_ins: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * cut_ins / self.highest

    def held_to(self, delay_ms: float, cut_ins: float) -> str:
        width, top = self.x(delay_ms) - _LEFT, self.y(cut_ins)
        return (
            f'<rect x="{_LEFT}" y="{top:.1f}" width="{width:.1f}" height="{_HEIGHT - _BOTTOM - top:.1f}"'
            ' fill="#2e8b57" opacity="0.12"/>'
        )

    def grid(self) -> list[str]:
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        lines = [f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#444"/>']
        for delay_ms in range(0, int(self.widest) + 1, 200):
            lines.append(f'<text x="{self.x(delay_ms):.1f}" y="{bottom + 18}" text-anchor="middle">{delay_ms}</text>')
        step = 5 if self.highest < 0.5 else 20
        for percent in range(0, int(self.highest * 100) + 1, step):
            y = self.y(percent / 100)
            lines.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
            lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>')
        middle = (_LEFT + right) / 2
        lines.append(f'<text x="{middle}" y="{bottom + 40}" text-anchor="middle">median delay of the end, ms</text>')
        lines.append(f'<text x="{_LEFT}" y="{_TOP - 6}">turns cut into</text>')
        return lines

    def curve(self, curve: Curve, place: int) -> str:
        colour = _COLOURS[place % len(_COLOURS)]
        at = [(self.x(point.delay_ms), self.y(point.cut_ins), point.label) for point in curve.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in at)
        dash = ' stroke-dasharray="6 4"' if curve.dashed else ""
        marks = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{escape(label)}</title></circle>' for x, y, label in at
        )
        top = _TOP + 20 * place
        stroke = f'stroke="{colour}" stroke-width="2"{dash}'
        return (
            f'<g fill="{colour}"><polyline points="{path}" fill="none" {stroke}/>{marks}'
            f'<path d="M{_WIDTH - _RIGHT + 12} {top}h18" {stroke}/>'
            f'<text x="{_WIDTH - _RIGHT + 36}" y="{top + 4}">{escape(curve.name)}</text></g>'
        )
