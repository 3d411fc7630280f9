"""`mercury flows simulate`: a call in the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import yaml

from ari_app.calls.numbers import read_number
from ari_app.flows_named import flow_named
from ivr_flows.cases import Given, load_cases
from ivr_flows.cases.answering import given_besides
from ivr_flows.cases.writing import one_line
from ivr_flows.problems import FlowError, InputError
from ivr_flows.simulator import Line, SimulationError
from ivr_flows.trial import HELP, LineError, Trial, read_act, read_answer

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("flow")
@click.option("--file", type=_FILE, default=Path("flows.yaml"), show_default=True, help="The flows file.")
@click.option("--language", default="", help="Of the call; the flow's first unless given.")
@click.option("--caller", default="", help="The other side's number.")
@click.option("--input", "pairs", multiple=True, metavar="NAME=VALUE", help="An input; a list's texts each by one.")
@click.option("--inputs", type=_FILE, help="Inputs from a YAML or JSON file.")
@click.option("--with", "answers", multiple=True, metavar="LINE", help="What answers from the start: 'transfer busy'.")
@click.option("--record", type=_FILE, help="Write the call as a test case: to a new file, or behind others.")
@click.option("--name", default="", help="The recorded case's name.")
def simulate(
    flow: str,
    *,
    file: Path,
    language: str,
    caller: str,
    pairs: tuple[str, ...],
    inputs: Path | None,
    answers: tuple[str, ...],
    record: Path | None,
    name: str,
) -> None:
    """Try the call of FLOW in text: type keys, words, `silence`, `hang up`, `back`, `replay`, `state` or `help`."""
    given = {"inputs": {**_from_file(inputs), **_from_pairs(pairs)} or None, "caller": caller or None}
    trial = _begin(flow, file, language, given, answers)
    _show(trial.call.transcript)
    while not trial.over and _line(trial):
        pass
    click.echo(trial.state())
    if record:
        _record(record, file, trial, name or f"{flow}: {len(trial.acts)} moves")


def _begin(name: str, file: Path, language: str, values: dict[str, Any], answers: tuple[str, ...]) -> Trial:
    try:
        flow = flow_named(name, file)
        given = Given(language=flow.check_language(language), **values)
        for answer in answers:
            given = given_besides(given, read_answer(answer))
        return Trial(flow, given, read_number)
    except (InputError, LineError) as error:
        raise click.ClickException(str(error)) from error


def _line(trial: Trial) -> bool:
    """Read one line and do it; False when there is no more."""
    try:
        line = click.prompt(">", prompt_suffix=" ").strip()
    except click.Abort:
        return False
    match line:
        case "quit":
            return False
        case "help":
            click.echo(HELP)
        case "state":
            click.echo(trial.state())
        case "replay":
            _show(trial.call.transcript)
        case "back":
            _show(trial.back())
        case _:
            _do(trial, line)
    return True


def _do(trial: Trial, line: str) -> None:
    try:
        _show(trial.do(read_act(line)))
    except (LineError, SimulationError, ValueError) as error:
        click.echo(f"{error} (type help for what can be typed)")


def _show(lines: list[Line]) -> None:
    for line in lines:
        click.echo(line)


def _from_pairs(pairs: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"expected NAME=VALUE, got {pair!r}", param_hint="--input")
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def _from_file(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    try:
        inputs = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise click.ClickException(f"{file} can't be read: {error}") from error
    if not isinstance(inputs, dict):
        raise click.ClickException(f"{file}: expected inputs by their names, got {type(inputs).__name__}")
    return inputs


def _record(file: Path, flows_file: Path, trial: Trial, name: str) -> None:
    """Put the case behind those of `file`, or into a new one; a file that would not do is left as it was."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    relative = os.path.relpath(flows_file.resolve(), file.resolve().parent)
    head = f"{before.rstrip()}\n\n" if before else f"flows: {one_line(relative)}\n\ncases:\n"
    file.write_text(head + trial.recorded(name), encoding="utf-8")
    try:
        load_cases(file)
    except FlowError as error:
        if before:
            file.write_text(before, encoding="utf-8")
        else:
            file.unlink()
        raise click.ClickException(f"not recorded:\n{error}") from error
    click.echo(f"recorded in {file}: {name}")
