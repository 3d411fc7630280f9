"""The tutorial does what it says: its files are written, its commands run, and their output is the one it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main

_TUTORIAL = Path("docs/tutorial.md")
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A command, what is typed into it, and what it prints."""

    command: list[str]
    typed: str
    output: list[str]


def test_the_tutorial_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = _BLOCK.findall(_TUTORIAL.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, name, text in blocks:
        if kind == "yaml":
            (tmp_path / name.strip()).write_text(text, encoding="utf-8")
            continue
        for run in _runs(text):
            result = CliRunner().invoke(main, run.command, input=run.typed)
            assert not isinstance(result.exception, Exception), run.command
            if run.output:
                typed = run.typed.splitlines()
                assert [line for line in _lines(result.output) if line not in typed] == run.output, run.command
            ran += 1
    assert ran >= 7
    assert CliRunner().invoke(main, ["flows", "test", "cases.yaml", "more.yaml"]).exit_code == 0


def _runs(text: str) -> Iterator[Run]:
    for part in text.split("$ mercury ")[1:]:
        command, *rest = part.splitlines()
        typed = "".join(f"{line[2:]}\n" for line in rest if line.startswith("> "))
        yield Run(shlex.split(command), typed, _lines("\n".join(line for line in rest if not line.startswith("> "))))


def _lines(text: str) -> list[str]:
    """What a person sees: prompts of the terminal, spaces and how long it took do not count."""
    shown = re.sub(r"in [0-9.]+ m?s\b", "in a moment", text)
    lines = [" ".join(line.removeprefix("> ").split()) for line in shown.splitlines()]
    return [line for line in lines if line and line != ">"]
