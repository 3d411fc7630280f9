"""A call as an SVG: both sides' waves, who spoke, whose turn it was, and what each answer waited for. Pure.

Rows of half a minute, two lanes each; between the lanes lies what the caller waited for after each turn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from ari_app.replay.envelope import Envelope, Peaks
from ari_app.replay.terminal import title
from media.flight.story import FRAME_S, Mark, Span, Story, Turn

ROW_S = 30.0
"""Of a call, in a row; a shorter call has the whole width, but for six seconds at least."""
_LEAST_ROW_S = 6.0
WIDTH = 1600.0
_LEFT, _RIGHT, _TOP = 84.0, 20.0, 76.0
_PLOT = WIDTH - _LEFT - _RIGHT
_RULER, _LANE, _WAITS, _MARK_LINE, _MARK_LINES, _GAP = 20.0, 76.0, 34.0, 15.0, 4, 22.0
_LETTER = 6.1
"""Width of a small letter in pixels, on average and rather more than less."""
_WAIT_FILLS = {
    "end silence": "#9aa5b1",
    "recogniser": "#e0a33e",
    "understanding": "#9b7fd1",
    "words": "#5d86c9",
    "first audio": "#3fa7a0",
    "played": "#7aa35c",
}
_MARK_FILLS = {
    "key": "#8e3b8e",
    "flow": "#33527a",
    "call": "#5b6b7a",
    "caller": "#2f7d4f",
    "agent": "#b3541e",
    "trouble": "#c0262d",
}
_STYLE = """\
text { font-family: system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif; font-size: 11px; fill: #1b2733; }
.title { font-size: 17px; font-weight: 600; }
.facts { font-size: 12px; fill: #3d4c59; }
.lane { fill: #f4f6f8; }
.name { font-size: 12px; font-weight: 600; text-anchor: end; }
.second { stroke: #dde3e8; stroke-width: 1; }
.time { fill: #5b6b7a; text-anchor: middle; }
.listening { fill: #e6f1e9; }
.turn { fill: #bfe3cb; stroke: #2f7d4f; stroke-width: 1; }
.voiced { fill: #2f7d4f; }
.said { fill: #cfe3f7; stroke: #2b6cb0; stroke-width: 1; }
.pause { fill: #f6c892; stroke: #b3541e; stroke-width: 1; }
.cut { stroke: #c0262d; stroke-width: 2.5; }
.caller { stroke: #1f5c39; }
.agent { stroke: #1d4f85; }
.words { font-size: 11px; }
.wait { font-size: 10.5px; fill: #3d4c59; }
.arrow { stroke: #1b2733; stroke-width: 1.2; fill: none; }
.at { stroke-width: 1; stroke-dasharray: 2 3; opacity: 0.55; }
"""
_HEAD = (
    '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
    'orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0 L10 5 L0 10 z" fill="#1b2733"/></marker>'
)
ROW_HEIGHT = _RULER + 2 * _LANE + _WAITS + _MARK_LINES * _MARK_LINE + _GAP


def picture(story: Story, envelope: Envelope) -> str:
    """The picture."""
    row_s = min(ROW_S, max(_LEAST_ROW_S, ceil(story.length + 0.5) - int(story.talk_start)))
    rows = [_Row(start, _TOP + index * ROW_HEIGHT, row_s) for index, start in enumerate(_starts(story))]
    height = _TOP + len(rows) * ROW_HEIGHT + 30
    name, *facts = title(story)
    body = [part for row in rows for part in _drawn(row, story, envelope)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
            f'width="{WIDTH:.0f}" height="{height:.0f}">',
            f"<title>{_clean(name)}</title>",
            f"<style>{_STYLE}</style>",
            f"<defs>{_HEAD}</defs>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text class="title" x="20" y="30">{_clean(name)}</text>',
            f'<text class="facts" x="20" y="50">{_clean(" · ".join(facts))}</text>',
            *body,
            *_legend(height - 12),
            "</svg>\n",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """Half a minute of a call, or the whole of it. Places in pixels."""

    start: float
    top: float
    length: float

    @property
    def end(self) -> float:
        return self.start + self.length

    @property
    def caller(self) -> float:
        return self.top + _RULER

    @property
    def waits(self) -> float:
        return self.caller + _LANE

    @property
    def agent(self) -> float:
        return self.waits + _WAITS

    @property
    def marks(self) -> float:
        return self.agent + _LANE

    def x(self, at: float) -> float:
        return _LEFT + min(max(at - self.start, 0.0), self.length) / self.length * _PLOT

    def has(self, at: float) -> bool:
        return self.start <= at < self.end

    def meets(self, span: Span) -> bool:
        return span.start < self.end and span.end > self.start


def _starts(story: Story) -> Iterator[float]:
    start = float(int(story.talk_start))
    yield start
    while (start := start + ROW_S) < story.length:
        yield start


def _drawn(row: _Row, story: Story, envelope: Envelope) -> Iterator[str]:
    yield from _ruler(row)
    for span in filter(row.meets, story.listening):
        yield _rect(row, span, (row.caller, _LANE), "listening")
    for turn in story.turns:
        yield from _turn(row, turn)
    for span in filter(row.meets, story.voice):
        yield _rect(row, span, (row.caller + _LANE - 5, 5), "voiced")
    for said in filter(row.meets, story.agent):
        yield _rect(row, said, (row.agent, _LANE), "said", said.text or said.utterance)
        if not said.complete and row.has(said.end):
            x = row.x(said.end)
            yield f'<path class="cut" d="M{x:.1f} {row.agent:.1f}V{row.agent + _LANE:.1f}"/>'
    for pause in filter(row.meets, story.pauses):
        yield _rect(row, pause, (row.agent + _LANE - 10, 10), "pause", f"stood still, {pause.text}")
    yield _wave(row, envelope.caller, row.caller, "caller")
    yield _wave(row, envelope.agent, row.agent, "agent")
    for said in filter(row.meets, story.agent):
        yield _words(row, said, row.agent + 12, said.text or said.utterance)
    for number, turn in enumerate(story.turns, 1):
        span = Span(turn.started, turn.voiced_until)
        if row.meets(span):
            yield _words(
                row, span, row.caller + 12, f"{number}: {turn.text}" if turn.text else f"{number}: ?", least=60
            )
        yield from _waits(row, turn)
    yield from _marks(row, story.marks)


def _ruler(row: _Row) -> Iterator[str]:
    for name, top in (("caller", row.caller), ("agent", row.agent)):
        yield f'<rect class="lane" x="{_LEFT:.0f}" y="{top:.1f}" width="{_PLOT:.0f}" height="{_LANE:.0f}"/>'
        yield f'<text class="name" x="{_LEFT - 8:.0f}" y="{top + _LANE / 2 + 4:.1f}">{name}</text>'
    for second in range(int(row.length) + 1):
        x = row.x(row.start + second)
        yield f'<path class="second" d="M{x:.1f} {row.caller - 3:.1f}V{row.marks:.1f}"/>'
        if second % 2 == 0 or row.length < ROW_S:
            yield f'<text class="time" x="{x:.1f}" y="{row.caller - 6:.1f}">{_clock(row.start + second)}</text>'


def _clock(at: float) -> str:
    return f"{int(at) // 60}:{int(at) % 60:02}"


def _rect(row: _Row, span: Span, band: tuple[float, float], kind: str, told: str = "") -> str:
    """`band`: top and height."""
    top, height = band
    x, end = row.x(span.start), row.x(span.end)
    shown = f"<title>{_clean(told)}</title>" if told else ""
    return f'<rect class="{kind}" x="{x:.1f}" y="{top:.1f}" width="{max(1.0, end - x):.1f}" height="{height:.1f}"' + (
        f">{shown}</rect>" if shown else "/>"
    )


def _turn(row: _Row, turn: Turn) -> Iterator[str]:
    span = Span(turn.started, turn.voiced_until)
    if row.meets(span):
        yield _rect(row, span, (row.caller, _LANE), "turn", f"{turn.text} ({turn.engine} {turn.confidence:.2f})")


def _words(row: _Row, span: Span, y: float, text: str, least: float = 0.0) -> str:
    """As much of a text as there is room for in its span; nothing where it only goes on from the row before."""
    room = int((max(row.x(span.end) - row.x(span.start), least) - 8) / _LETTER)
    if not row.has(span.start) or room < 2:
        return ""
    shown = text if len(text) <= room else text[: room - 1] + "…"
    return f'<text class="words" x="{row.x(span.start) + 4:.1f}" y="{y:.1f}">{_clean(shown)}</text>'


def _wave(row: _Row, peaks: Peaks, top: float, kind: str) -> str:
    """A line a frame, its height the square root of the peak: quiet sounds are seen too."""
    first = int(row.start / FRAME_S)
    middle, half = top + _LANE / 2 + 4, _LANE / 2 - 8
    way = []
    for index, peak in enumerate(peaks[first : first + int(row.length / FRAME_S)]):
        tall = half * float(peak) ** 0.5
        if tall >= 0.5:
            x = row.x((first + index) * FRAME_S)
            way.append(f"M{x:.1f} {middle - tall:.1f}V{middle + tall:.1f}")
    width = max(1.0, 0.8 * FRAME_S / row.length * _PLOT)
    return f'<path class="{kind}" stroke-width="{width:.1f}" d="{"".join(way)}"/>' if way else ""


def _waits(row: _Row, turn: Turn) -> Iterator[str]:
    """From the caller's last sound to the agent's first: each part as long as it took, the sum above the arrow."""
    if not row.has(turn.voiced_until):
        return
    y, at = row.waits + 14, turn.voiced_until
    for name, ms in turn.waits:
        x, end = row.x(at), row.x(at + ms / 1000)
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.8, end - x):.1f}" height="9" fill="{_WAIT_FILLS[name]}">'
            f"<title>{name} {ms:.0f} ms</title></rect>"
        )
        at += ms / 1000
    x, end = row.x(turn.voiced_until), row.x(at)
    yield f'<path class="arrow" d="M{x:.1f} {row.waits:.1f}V{y + 4:.1f}"/>'
    if turn.answered is not None and row.has(turn.answered):
        yield f'<path class="arrow" marker-end="url(#head)" d="M{end:.1f} {y + 4:.1f}V{row.agent - 1:.1f}"/>'
    yield _text(_waited(turn), x + 4, y - 3, 'class="wait"')


def _waited(turn: Turn) -> str:
    if turn.answer_ms is None:
        return "no answer"
    parts = " + ".join(f"{ms:.0f}" for _, ms in turn.waits)
    return f"{turn.answer_ms:.0f} ms = {parts}"


def _marks(row: _Row, marks: Sequence[Mark]) -> Iterator[str]:
    """Each on the first line that has room for it; where none has, its line and its title are all that is seen."""
    free = [0.0] * _MARK_LINES
    for mark in marks:
        if not row.has(mark.at):
            continue
        x, fill = row.x(mark.at), _MARK_FILLS[mark.kind]
        text = f"key {mark.text}" if mark.kind == "key" else mark.text
        yield (
            f'<path class="at" stroke="{fill}" d="M{x:.1f} {row.caller:.1f}V{row.marks + 4:.1f}">'
            f"<title>{_clean(text)} at {mark.at:.3f} s</title></path>"
        )
        shown = text if len(text) <= 44 else text[:43] + "…"
        width = len(shown) * _LETTER + 8
        begin = min(x, WIDTH - width)
        line = next((index for index, until in enumerate(free) if until <= begin), None)
        if line is not None:
            free[line] = begin + width
            yield _text(shown, x, row.marks + 13 + line * _MARK_LINE, f'style="fill:{fill}"')


def _text(text: str, x: float, y: float, look: str) -> str:
    """To the right of a place, or at the edge where the picture ends before the text does."""
    if x + len(text) * _LETTER > WIDTH - 6:
        return f'<text x="{WIDTH - 6:.1f}" y="{y:.1f}" text-anchor="end" {look}>{_clean(text)}</text>'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{_clean(text)}</text>'


def _legend(y: float) -> Iterator[str]:
    x = _LEFT
    told = [
        ("#e6f1e9", "listened to"),
        ("#bfe3cb", "turn"),
        ("#2f7d4f", "voiced"),
        ("#cfe3f7", "said"),
        ("#f6c892", "stood still"),
        ("#c0262d", "cut"),
        *((fill, name) for name, fill in _WAIT_FILLS.items()),
    ]
    for fill, name in told:
        yield f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="12" height="10" fill="{fill}"/>'
        yield f'<text class="facts" x="{x + 17:.1f}" y="{y:.1f}">{name}</text>'
        x += 17 + len(name) * 6.6 + 24


def _clean(text: str) -> str:
    """Text as XML may have it: nothing of it is markup, and what is no character of a text is left out."""
    return escape("".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cn", "Cs")))
