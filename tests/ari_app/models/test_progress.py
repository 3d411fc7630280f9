"""How a fetch shows what it does."""

from __future__ import annotations

import io

from rich.console import Console
from rich.progress import Progress

from ari_app.models.progress import Bar, Lines


def test_without_a_terminal_there_is_a_line_every_few_seconds() -> None:
    written: list[str] = []
    time_s = 0.0
    lines = Lines(written.append, now=lambda: time_s)
    lines.begin("voice", 3, 200_000_000)
    for time_s in (1.0, 4.9, 5.1, 6.0, 10.2):
        lines.at("model.bin", int(time_s * 10_000_000))
    lines.say("cut; trying again")
    assert written == [
        "voice: 3 files, 200 MB",
        "51 MB of 200 MB (26%): model.bin",
        "102 MB of 200 MB (51%): model.bin",
        "cut; trying again",
    ]


def test_where_nobody_tells_the_size_there_is_no_share() -> None:
    written: list[str] = []
    time_s = 0.0
    lines = Lines(written.append, now=lambda: time_s)
    lines.begin("voice", 1, 0)
    time_s = 6.0
    lines.at("model.bin", 1000)
    assert written == ["voice: 1 file, of unknown size", "1.0 kB: model.bin"]


def test_a_terminal_has_a_bar() -> None:
    screen = io.StringIO()
    with Progress(console=Console(file=screen, force_terminal=True, width=80)) as shown:
        bar = Bar(shown)
        bar.begin("voice", 3, 100)
        bar.at("[bold]model.bin", 50)
        bar.say("[red]cut; trying again")
        assert shown.tasks[0].percentage == 50
    assert "voice: 3 files, 100 B" in screen.getvalue()
    assert "[red]cut; trying again" in screen.getvalue()
