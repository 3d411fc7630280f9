"""`mercury flows test | coverage | simulate`: flows tried without a telephone."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ivr_flows.cases import CaseBook, Result, load_cases, run_case
from ivr_flows.problems import FlowError

_FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@_FILES
@click.option("-v", "--verbose", is_flag=True, help="Show every call, not only those that went wrong.")
def test(files: tuple[Path, ...], *, verbose: bool) -> None:
    """Run test cases (flow_tests/*.yaml unless FILES are given); what went another way, with file and line."""
    books = _books(files)
    began = time.perf_counter()
    results = [run_case(case) for book in books for case in book.cases]
    took_ms = (time.perf_counter() - began) * 1000
    for result in results:
        _report(result, verbose=verbose)
    failed = sum(not result.passed for result in results)
    click.echo(f"{len(results) - failed} of {len(results)} cases passed in {took_ms:.0f} ms")
    sys.exit(bool(failed))


def _report(result: Result, *, verbose: bool) -> None:
    case = result.case.case
    if verbose or not result.passed:
        click.echo(f"{'ok  ' if result.passed else 'FAIL'} {case.flow}: {case.name}")
        for line in result.call.transcript:
            click.echo(f"    {line}")
    for problem in result.problems:
        click.echo(str(problem))


def _books(files: tuple[Path, ...]) -> list[CaseBook]:
    found = files or tuple(sorted(Path("flow_tests").glob("*.yaml")))
    if not found:
        raise click.ClickException("expected files of test cases, or a folder flow_tests with some")
    books, problems = [], []
    for file in found:
        try:
            books.append(load_cases(file))
        except FlowError as error:
            problems += error.problems
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        sys.exit(1)
    return books
