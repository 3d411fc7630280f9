"""`mercury flows …`: what helps to write flows."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ari_app.flows_trying import test
from ivr_flows.loader import check as check_file


@click.group()
def flows() -> None:
    """What helps to write flows."""


@flows.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check flow files; every problem with file, line and column."""
    problems = [problem for file in files or (Path("flows.yaml"),) for problem in check_file(file)]
    for problem in problems:
        click.echo(problem)
    sys.exit(bool(problems))


flows.add_command(test)
