"""A call's timeline for the terminal: two lanes of speech, what happened under them, and each turn's latencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from media.flight.story import Span, Story, Turn

_LABEL = 9
_CELL_S = 0.1
_STYLES = {
    "caller": "green",
    "agent": "cyan",
    "key": "magenta",
    "flow": "blue",
    "call": "bright_black",
    "trouble": "bold red",
}
_FULL, _HALF, _THIN = "█", "▒", "─"


@dataclass(frozen=True, slots=True)
class _Line:
    """Something under a row's lanes."""

    at: float
    who: str
    text: str
    style: str = ""


def show(story: Story, console: Console) -> None:
    """Print it: rows as wide as the terminal, a tenth of a second a cell."""
    name, *facts = title(story)
    console.print(Text(name, style="bold"), soft_wrap=True)
    for fact in facts:
        console.print(Text(fact), soft_wrap=True)
    lines = sorted(_lines(story), key=lambda line: line.at)
    cells = max(20, min(console.width - _LABEL - 1, 300) // 10 * 10)
    first = int(story.talk_start)
    while lines and lines[0].at < first:
        _show_line(lines.pop(0), console)
    for start in _starts(first, story.length, cells * _CELL_S):
        end = start + cells * _CELL_S
        inside = [line for line in lines if start <= line.at < end]
        _show_lanes(story, start, cells, console)
        for line in inside:
            _show_line(line, console)
    _show_latencies(story.turns, console)


def title(story: Story) -> list[str]:
    """Who called whom by which flow, how it ended, how it sounded."""
    call, end, statistics = story.call, story.end, story.statistics
    named = str(call.get("id", "a call without a name"))
    if call:
        named += f"  {call.get('direction', '')} {call.get('flow', '')} ({call.get('language', '')})"
    facts = [f"{story.length:.1f} s", str(call.get("began", ""))]
    if end:
        facts.append(f"{end.get('status')}: {end.get('outcome') or end.get('reason') or 'no outcome'}")
    if mos := statistics.get("mos"):
        facts.append(f"MOS about {mos:.1f}")
    if statistics:
        facts.append(f"{statistics.get('lost', 0)} of {statistics.get('received', 0)} packets lost")
    return [named, " · ".join(filter(None, facts))]


def _starts(first: int, length: float, row_s: float) -> Iterator[float]:
    start = float(first)
    while start < max(length, first + 0.1):
        yield start
        start += row_s


def _show_lanes(story: Story, start: float, cells: int, console: Console) -> None:
    ruler = "".join(f"{start + n * _CELL_S:<10.0f}" for n in range(0, cells, 10))
    console.print(Text(" " * _LABEL + ruler[:cells], style="bright_black"), soft_wrap=True)
    caller = _bar((story.voice, _FULL), (story.listening, _THIN), start=start, cells=cells)
    agent = _bar((story.pauses, _HALF), (story.agent, _FULL), start=start, cells=cells)
    for name, bar in (("caller", caller), ("agent", agent)):
        console.print(Text(f"{name:<{_LABEL}}") + Text(bar, style=_STYLES[name]), soft_wrap=True)


def _bar(*layers: tuple[Sequence[Span], str], start: float, cells: int) -> str:
    """The first layer that has something at a place is seen there."""
    bar = [" "] * cells
    for spans, sign in reversed(layers):
        for span in spans:
            first = max(0, int((span.start - start) / _CELL_S))
            last = min(cells, int((span.end - start) / _CELL_S + 0.999))
            bar[first:last] = sign * max(0, last - first)
    return "".join(bar)


def _lines(story: Story) -> Iterator[_Line]:
    for said in story.agent:
        text = f"“{said.text}”" if said.text else said.utterance
        cut = "" if said.complete else f"  ✂ heard “{said.heard}”" if said.heard else "  ✂ hardly begun"
        yield _Line(said.start, "agent", text + cut, _STYLES["agent"])
    for number, turn in enumerate(story.turns, 1):
        yield _Line(turn.started, "caller", _turn(number, turn), _STYLES["caller"])
    for mark in story.marks:
        yield _Line(mark.at, mark.kind, mark.text, _STYLES[mark.kind])


def _turn(number: int, turn: Turn) -> str:
    text = f"“{turn.text}”  {turn.engine} {turn.confidence:.2f}" if turn.text else "(nothing understood)"
    return f"turn {number}: {text}"


def _show_line(line: _Line, console: Console) -> None:
    console.print(Text(f"{line.at:8.3f} {line.who:<8} {line.text}", style=line.style), soft_wrap=True)


def _show_latencies(turns: Sequence[Turn], console: Console) -> None:
    if not turns:
        return
    console.print(Text("\nWhat the caller waited for, in milliseconds", style="bold"))
    for number, turn in enumerate(turns, 1):
        waits = " + ".join(f"{name} {ms:.0f}" for name, ms in turn.waits)
        answer = "no answer was said" if turn.answer_ms is None else f"= {turn.answer_ms:.0f}"
        console.print(Text(f"  turn {number:<3} at {turn.voiced_until:8.3f}: {waits} {answer}"), soft_wrap=True)
