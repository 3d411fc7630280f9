"""`mercury flows sipp`: a path of a flow as a SIPp scenario."""

from __future__ import annotations

from pathlib import Path

import click

from ari_app.flows_named import flow_named
from ivr_flows.paths import Coverage, cover
from ivr_flows.paths.tracing import shown
from ivr_flows.sipp import Scenario, scenario

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("flow")
@click.option("--path", "number", type=click.IntRange(min=1), help="The path's number, as --list shows it.")
@click.option("--list", "listing", is_flag=True, help="List the paths with their numbers.")
@click.option("--flows", "file", type=_FILE, default=Path("flows.yaml"), show_default=True, help="The flows file.")
@click.option("--language", default="", help="Of the call, where the path is there in several.")
@click.option("--uas", "called", is_flag=True, help="SIPp is called: for flows of outbound calls.")
@click.option("--caller", default="sipp", show_default=True, help="The number that SIPp calls from.")
@click.option("--out", type=_FILE, help="Write it to a new file, with the sounds that it needs beside it.")
def sipp(
    flow: str,
    *,
    number: int | None,
    listing: bool,
    file: Path,
    language: str,
    called: bool,
    caller: str,
    out: Path | None,
) -> None:
    """Write the SIPp scenario that walks a path of FLOW on a real trunk."""
    covered = cover(flow_named(flow, file), [])
    if listing:
        for index, path in enumerate(covered.paths, 1):
            click.echo(f"{index:4}  {shown(path)}")
        return
    if number is None or number > len(covered.paths):
        raise click.ClickException(f"expected --path from 1 to {len(covered.paths)} (see --list), got {number}")
    made = _made(covered, number, language, caller, called=called)
    if out:
        _write(out, made)
    else:
        click.echo(made.xml, nl=False)


def _made(covered: Coverage, number: int, language: str, caller: str, *, called: bool) -> Scenario:
    path = covered.paths[number - 1]
    walks = {each: found.paths[path] for each, found in covered.found.items() if path in found.paths}
    if language and language not in walks:
        raise click.ClickException(f"expected --language of {', '.join(walks)}, in which the path is; got {language!r}")
    try:
        walk = walks[language or next(iter(walks))]
        return scenario(covered.flow, path, walk, called=called, caller=caller)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _write(file: Path, made: Scenario) -> None:
    if file.exists():
        raise click.ClickException(f"{file} is there already; expected the name of a new file")
    file.write_text(made.xml, encoding="utf-8")
    for name, sound in made.sounds.items():
        (file.parent / name).write_bytes(sound)
    click.echo(f"{file}: with {', '.join(made.sounds)} beside it")
    for name, words in made.missing.items():
        click.echo(f"to be recorded: {file.parent / name}: {words!r}")
