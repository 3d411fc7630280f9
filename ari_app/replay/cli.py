"""`mercury replay CALL`: what a call's flight log tells, and whether the pure parts decide the same again."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings
from ivr_flows.model import Flow
from media.flight.folder import FlightFolder
from media.flight.format import FlightError
from media.flight.reader import read_flight
from media.flight.records import Flight
from media.flight.replay import Difference, replay_turns
from media.flight.story import Story, story

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("call")
@click.option("--picture", type=_FILE, metavar="OUT.svg", help="Draw it too: waves, who spoke, turns, latencies.")
@click.option("--check", is_flag=True, help="Replay turns and flow; exit with 1 if anything is decided otherwise.")
@click.option("--file", "flows_file", type=_FILE, help="Where the flow is, if its version is not in the records.")
@with_settings
def replay(settings: Settings, call: str, *, picture: Path | None, check: bool, flows_file: Path | None) -> None:
    """Show CALL (an id, or a .flight file) as a timeline, from its flight log."""
    from ari_app.replay.terminal import show  # noqa: PLC0415 - slow: the terminal's

    path = _found(settings, call)
    try:
        flight = read_flight(path.read_bytes())
        told = story(flight)
        if check:
            sys.exit(_check(settings, flight, flows_file))
        show(told, Console())
        if picture:
            _draw(settings, told, picture)
    except FlightError as error:
        raise click.ClickException(f"{path}: {error}") from error


def _found(settings: Settings, call: str) -> Path:
    for path in (Path(call), FlightFolder(settings.run_dir / "flights").file(call)):
        if path.is_file():
            return path
    raise click.ClickException(
        f"there is no flight log of {call!r} in {settings.run_dir / 'flights'}, where logs are kept for "
        f"{settings.flights.days:g} days; expected a call's id, or a .flight file"
    )


def _draw(settings: Settings, told: Story, out: Path) -> None:
    from ari_app.replay.envelope import RecordingError, from_log, from_recording  # noqa: PLC0415 - slow: numpy
    from ari_app.replay.picture import picture  # noqa: PLC0415 - slow: numpy

    folder = settings.run_dir / "recordings" / Path(str(told.call.get("id", ""))).name
    envelope = from_log(told)
    if recording := next(iter(sorted(folder.glob("call.*"))), None):
        try:
            envelope = from_recording(told, recording)
        except RecordingError as error:
            click.echo(f"the waves are those of the log: {error}", err=True)
    try:
        out.write_text(picture(told, envelope), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{out}: the picture", err=True)


def _check(settings: Settings, flight: Flight, flows_file: Path | None) -> bool:
    """Print what the replay found; whether anything is not as it was: what is private is no fault, a gap is one."""
    turns = replay_turns(flight)
    _tell("turns", f"{turns.inputs} inputs, {turns.decisions} decisions", turns.difference, turns.incomplete)
    wrong = bool(turns.difference or turns.incomplete)
    return _check_flow(settings, flight, flows_file) or wrong


def _check_flow(settings: Settings, flight: Flight, flows_file: Path | None) -> bool:
    from ari_app.replay.flow import flow_of, masked, replay_flow  # noqa: PLC0415 - slow: the flows'

    ran = flow_of(flight)
    if ran is None:
        click.echo("flow    none: the call never got to it")
        return False
    if masked(flight):
        click.echo("flow    NOT replayed: the log keeps no words, so what the flow was given is masked")
        click.echo("        (flights.words, recordings or log.reveal have later calls keep them)")
        return False
    flow = _flow(settings, *ran, flows_file)
    if flow is None:
        click.echo(f"flow    NOT replayed: version {ran[1]} of {ran[0]} is neither in the records nor in --file")
        return True
    replayed = replay_flow(flight, flow)
    _tell("flow", f"{replayed.events} events", replayed.difference, replayed.incomplete)
    return replayed.difference is not None


def _tell(what: str, count: str, difference: Difference | None, incomplete: str) -> None:
    if difference:
        click.echo(f"{what:<7} DIFFERENT at {difference.at:.6f} s of the clock, after {count}: {difference}")
    else:
        click.echo(
            f"{what:<7} {count}: all the same" + (f", as far as the log goes: {incomplete}" if incomplete else "")
        )


def _flow(settings: Settings, name: str, hash_: str, file: Path | None) -> Flow | None:
    """The version that the call ran on: from the flows file if it is still that one, else from the records."""
    from ari_app.flows_named import flow_named  # noqa: PLC0415 - slow: the flows'
    from ari_app.flows_records import asked  # noqa: PLC0415 - slow: the database's

    path = file or settings.flows
    try:
        flow = flow_named(name, path) if path.is_file() else None
    except click.ClickException:
        flow = None
    if flow is not None and flow.hash == hash_:
        return flow
    try:
        return asked(settings, lambda store: store.versions.get(name, hash_))
    except click.ClickException:
        return None
