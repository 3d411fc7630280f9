"""`mercury flows check`, `rules` and `schema`: mistakes are found before a caller finds them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ivr_flows.loader import check as problems_of
from ivr_flows.problems import Level, Problem
from ivr_flows.rules import RULES
from ivr_flows.schema import json_schema


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: for editors and CI.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
def check(files: tuple[Path, ...], form: str, *, strict: bool) -> None:
    """Check flow files (flows.yaml unless given): every problem with file, line and column.

    Exits with 1 where there are errors (with --strict: errors or warnings), else with 0.
    """
    problems = [problem for file in files or (Path("flows.yaml"),) for problem in problems_of(file)]
    if form == "json":
        click.echo(json.dumps([problem.as_json() for problem in problems], ensure_ascii=False, indent=2))
    else:
        _print(problems)
    sys.exit(any(strict or problem.level is Level.ERROR for problem in problems))


def _print(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(problem)
    if problems:
        counts = Counter(problem.level for problem in problems)
        click.echo(", ".join(f"{counts[level]} {level}{'s' * (counts[level] != 1)}" for level in Level), err=True)


@click.command()
def rules() -> None:
    """The rules that flows are checked by: level, why, and what to do."""
    for rule in sorted(RULES, key=lambda rule: (rule.level, rule.name)):
        click.echo(f"{rule.name} ({rule.level})\n  {rule.reason}\n  {rule.fix}")


@click.command()
def schema() -> None:
    """The JSON Schema of flow files, for editors."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
