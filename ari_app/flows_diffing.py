"""`mercury flows diff`: what changed in the calls."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings
from ivr_flows.book import FlowBook
from ivr_flows.diff import diff as difference
from ivr_flows.diff import told
from ivr_flows.loader import load_flows
from ivr_flows.problems import FlowError

_HASH = re.compile(r"^[0-9a-f]{6,16}$")
_GIT_S = 60
_PARTS = (".yaml", ".yml", ".wav")
"""What flows are made of, in a commit."""


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings
def diff(settings: Settings, before: str, after: str, *, as_json: bool) -> None:
    """What is different in the calls of AFTER. Exits with 1 when something is, with 0 for the same calls.

    BEFORE and AFTER: a flows file, a file of a commit (flows.yaml@HEAD~1), or the hash of a version of a flow that is
    in the call records.
    """
    old, new = _book(settings, before), _book(settings, after)
    if _HASH.match(before) or _HASH.match(after):
        old, new = _alone(old, new)
    found = difference(old, new)
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2) if as_json else told(found))
    sys.exit(not found.same_calls)


def _book(settings: Settings, source: str) -> FlowBook:
    """The flows of one side."""
    file, at, revision = source.rpartition("@")
    try:
        if Path(source).exists() or not (at or _HASH.match(source)):
            return load_flows(source)
        return _committed(Path(file), revision) if at else _kept(settings, source)
    except FlowError as error:
        raise click.ClickException(f"{source} can't be used:\n{error}") from error


def _alone(old: FlowBook, new: FlowBook) -> tuple[FlowBook, FlowBook]:
    """One version of one flow is compared with that flow alone, without routes."""
    names = old.flows.keys() & new.flows.keys()
    if not names:
        raise click.ClickException(f"expected versions of one flow, got {', '.join((*old.flows, *new.flows))}")
    return _only(old, names), _only(new, names)


def _only(book: FlowBook, names: set[str]) -> FlowBook:
    return replace(FlowBook({}), flows={name: flow for name, flow in book.flows.items() if name in names})


def _kept(settings: Settings, hash_prefix: str) -> FlowBook:
    from ari_app.flows_records import asked, version  # noqa: PLC0415 - slow: the database's

    flow = asked(settings, lambda store: version(store, hash_prefix))
    return FlowBook({flow.name: flow})


def _committed(file: Path, revision: str) -> FlowBook:
    """The flows of a commit: with the files that they include, and their sounds."""
    folder = file.resolve().parent
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    listed = _git(top, "ls-tree", "-r", "-z", "--name-only", f"{revision}^{{commit}}").decode().split("\0")
    parts = [name for name in listed if name.endswith(_PARTS)]
    within = file.resolve().relative_to(top.resolve())
    if str(within) not in parts:
        raise click.ClickException(f"there is no {within} in {revision}")
    with tempfile.TemporaryDirectory(prefix="mercury-flows-") as unpacked:
        archive = _git(top, "archive", "--format=tar", revision, "--", *(f":(literal){name}" for name in parts))
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(unpacked, filter="data")
        return load_flows(Path(unpacked) / within)


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True, timeout=_GIT_S).stdout
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"git: {error.stderr.decode(errors='replace').strip()}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise click.ClickException(f"git can't be asked: {error}") from error
