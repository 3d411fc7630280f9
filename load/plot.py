"""The run as a picture (SVG): calls in progress and failures, turn gaps, CPU by part and memory over time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

from load.figures import Called, Report, Sample

WIDTH = 1100.0
_LEFT, _RIGHT, _TOP, _PANEL, _APART = 70.0, 160.0, 44.0, 150.0, 46.0
_PLOT = WIDTH - _LEFT - _RIGHT
_COLOURS = {
    "mercury": "#1d4f85",
    "workers": "#3fa7a0",
    "asterisk": "#b3541e",
    "phones": "#8e3b8e",
    "sipp": "#e0a33e",
    "backend": "#2f7d4f",
    "others": "#9aa5b1",
    "stolen": "#c9302c",
}
_STYLE = """\
text { font: 11px system-ui, "Noto Sans", sans-serif; fill: #1b2733; }
.title { font-size: 16px; font-weight: 600; }
.name { font-size: 12px; font-weight: 600; }
.panel { fill: #f4f6f8; }
.grid { stroke: #dde3e8; stroke-width: 1; }
.line { fill: none; stroke-width: 1.6; }
.number { text-anchor: end; fill: #5b6b7a; }
.time { text-anchor: middle; fill: #5b6b7a; }
"""
Point = tuple[float, float]
"""Seconds since the beginning, and a value."""


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    colour: str
    points: Sequence[Point]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class _Panel:
    name: str
    lines: Sequence[_Line]

    @property
    def most(self) -> float:
        values = [value for line in self.lines for _, value in line.points]
        return _rounded_up(max(values, default=1.0))


def plot(report: Report, title: str) -> str:
    """The picture of a step."""
    start = min((sample.at for sample in report.samples), default=0.0)
    length = max(1.0, max((sample.at for sample in report.samples), default=0.0) - start)
    panels = _panels(report, start)
    height = _TOP + len(panels) * (_PANEL + _APART) + 10
    drawn = [
        part
        for index, panel in enumerate(panels)
        for part in _drawn(panel, _TOP + 18 + index * (_PANEL + _APART), length)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
            f'width="{WIDTH:.0f}" height="{height:.0f}">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text class="title" x="{_LEFT:.0f}" y="26">{escape(title)}</text>',
            *drawn,
            "</svg>\n",
        ]
    )


def _panels(report: Report, start: float) -> list[_Panel]:
    up = [(sample.at - start, float(sample.in_progress)) for sample in report.samples]
    failed = [(call.ended_at - start, float(count)) for count, call in enumerate(_by_end(report.failed), 1)]
    differing = [(call.ended_at - start, float(count)) for count, call in enumerate(_by_end(report.differing), 1)]
    gaps = [(at - start, ms) for call in report.calls for at, ms in call.turn_gaps]
    greetings = [(call.began_at - start, call.greeting_ms) for call in report.calls if call.greeting_ms is not None]
    return [
        _Panel(
            "calls",
            [
                _Line("in progress", "#1d4f85", up),
                _Line("not set up, so far", "#c0262d", failed, dots=True),
                _Line("otherwise than pressed", "#e0a33e", differing, dots=True),
            ],
        ),
        _Panel(
            "milliseconds",
            [
                _Line("turn gap", "#2f7d4f", gaps, dots=True),
                _Line("answer → greeting", "#8e3b8e", greetings, dots=True),
            ],
        ),
        _Panel("CPU, cores", list(_cpu_lines(report.samples, start))),
        _Panel("memory, MB", list(_memory_lines(report.samples, start))),
    ]


def _by_end(calls: Iterable[Called]) -> list[Called]:
    return sorted(calls, key=lambda call: call.ended_at)


def _cpu_lines(samples: Sequence[Sample], start: float) -> Iterator[_Line]:
    """Cores in use between two samples, drawn at the later."""
    for part, colour in _COLOURS.items():
        points = [
            (late.at - start, max(0.0, late.cpu_s[part] - early.cpu_s.get(part, 0.0)) / (late.at - early.at))
            for early, late in pairwise(samples)
            if part in late.cpu_s and late.at > early.at
        ]
        if points:
            yield _Line(part, colour, points)


def _memory_lines(samples: Sequence[Sample], start: float) -> Iterator[_Line]:
    for part, colour in _COLOURS.items():
        points = [(sample.at - start, sample.memory_mb[part]) for sample in samples if part in sample.memory_mb]
        if points:
            yield _Line(part, colour, points)


def _drawn(panel: _Panel, top: float, length: float) -> Iterator[str]:
    most = panel.most
    yield f'<rect class="panel" x="{_LEFT:.0f}" y="{top:.1f}" width="{_PLOT:.0f}" height="{_PANEL:.0f}"/>'
    yield f'<text class="name" x="{_LEFT:.0f}" y="{top - 5:.1f}">{escape(panel.name)}</text>'
    for quarter in range(5):
        y = top + _PANEL * (1 - quarter / 4)
        yield f'<path class="grid" d="M{_LEFT:.0f} {y:.1f}h{_PLOT:.0f}"/>'
        yield f'<text class="number" x="{_LEFT - 6:.0f}" y="{y + 4:.1f}">{most * quarter / 4:g}</text>'
    step = max(1, ceil(_rounded_up(length) / 10))
    for second in range(0, int(length) + 1, step):
        yield f'<text class="time" x="{_x(second, length):.1f}" y="{top + _PANEL + 14:.1f}">{second} s</text>'
    for index, line in enumerate(panel.lines):
        y = top + 12 + 16 * index
        yield f'<rect x="{WIDTH - _RIGHT + 10:.0f}" y="{y - 9:.1f}" width="10" height="10" fill="{line.colour}"/>'
        yield f'<text x="{WIDTH - _RIGHT + 26:.0f}" y="{y:.1f}">{escape(line.name)}</text>'
        yield from _points(line, top, length, most) if line.dots else _way(line, top, length, most)


def _points(line: _Line, top: float, length: float, most: float) -> Iterator[str]:
    for at, value in line.points:
        yield (
            f'<circle cx="{_x(at, length):.1f}" cy="{_y(value, top, most):.1f}" r="2.2" fill="{line.colour}">'
            f"<title>{escape(line.name)}: {value:.0f} at {at:.1f} s</title></circle>"
        )


def _way(line: _Line, top: float, length: float, most: float) -> Iterator[str]:
    way = " ".join(f"{_x(at, length):.1f},{_y(value, top, most):.1f}" for at, value in line.points)
    yield f'<polyline class="line" stroke="{line.colour}" points="{way}"/>'


def _x(at: float, length: float) -> float:
    return _LEFT + min(max(at, 0.0), length) / length * _PLOT


def _y(value: float, top: float, most: float) -> float:
    return top + _PANEL * (1 - min(value, most) / most)


def _rounded_up(value: float) -> float:
    """To the next of 1, 2, 4, 5, 8 and 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(factor * power for factor in (1, 2, 4, 5, 8, 10) if factor * power >= value * (1 - 1e-9))
