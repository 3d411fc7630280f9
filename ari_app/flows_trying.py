"""`mercury flows test | coverage | simulate`: flows tried without a telephone."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from ari_app.calls.numbers import read_number
from ivr_flows.cases import CaseBook, Result, load_cases, run_case
from ivr_flows.paths import Coverage, cover, skeleton_file
from ivr_flows.paths.tracing import shown
from ivr_flows.problems import FlowError

_FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@_FILES
@click.option("-v", "--verbose", is_flag=True, help="Show every call, not only those that went wrong.")
def test(files: tuple[Path, ...], *, verbose: bool) -> None:
    """Run test cases (flow_tests/*.yaml unless FILES are given); what went another way, with file and line."""
    books = _books(files)
    began = time.perf_counter()
    results = [run_case(case, read_number) for book in books for case in book.cases]
    took_ms = (time.perf_counter() - began) * 1000
    for result in results:
        _report(result, verbose=verbose)
    failed = sum(not result.passed for result in results)
    click.echo(f"{len(results) - failed} of {len(results)} cases passed in {took_ms:.0f} ms")
    sys.exit(bool(failed))


@click.command()
@_FILES
@click.option("--flow", help="Only this flow.")
@click.option(
    "--least", type=click.FloatRange(0, 100), default=0, help="Percent of paths and of ways that must be walked."
)
@click.option(
    "--write", type=click.Path(path_type=Path, dir_okay=False), help="Write cases for what is open; a new file."
)
def coverage(files: tuple[Path, ...], *, flow: str | None, least: float, write: Path | None) -> None:
    """Which paths of the flows the cases (flow_tests/*.yaml unless FILES are given) walk, and which none does."""
    books = _books(files)
    results = [run_case(case, read_number) for book in books for case in book.cases]
    flows = {name: one for book in books for name, one in book.flows.items() if flow in (None, name)}
    if not flows:
        raise click.ClickException(f"expected a flow of {books[0].flows_file}, got {flow!r}")
    covered = [cover(one, results) for one in flows.values()]
    shares = [share for one in covered for share in _report_coverage(one)]
    if write:
        _write(write, covered, books[0].flows_file)
    sys.exit(min(shares) < least)


def _report_coverage(covered: Coverage) -> tuple[float, float]:
    """Print it; percent of paths and of ways."""
    paths, open_paths, ways, open_ways = covered.paths, covered.open_paths, covered.ways, covered.open_ways
    shares = 100 * (1 - len(open_paths) / len(paths)), 100 * (1 - len(open_ways) / len(ways))
    walked = f"{len(paths) - len(open_paths)} of {len(paths)} paths ({shares[0]:.1f} %)"
    taken = f"{len(ways) - len(open_ways)} of {len(ways)} ways ({shares[1]:.1f} %)"
    click.echo(f"{covered.flow.name}: {walked}, {taken}" + ("" if covered.whole else "; there are more paths"))
    for path in open_paths:
        click.echo(f"    path  {shown(path)}")
    for way in open_ways:
        click.echo(f"    way   {way}")
    return shares


def _write(file: Path, covered: list[Coverage], flows_file: Path) -> None:
    if file.exists():
        raise click.ClickException(f"{file} is there already; expected the name of a new file")
    relative = os.path.relpath(flows_file.resolve(), file.resolve().parent)
    text, cases = skeleton_file(covered, relative)
    if cases:
        file.write_text(text, encoding="utf-8")
        click.echo(f"{file}: {cases} cases")


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
