"""`mercury flows graph` and `versions`: what a flow looks like, what calls took of it, which versions there were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from ari_app.flows_named import flow_named
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings
from ivr_flows.graph import Graph, graph_of, mermaid, svg
from ivr_flows.model import Flow
from ivr_flows.problems import InputError

_FILE = click.Path(path_type=Path, dir_okay=False)
_FORMATS: Mapping[str, Callable[[Graph], str]] = {"mermaid": mermaid, "svg": svg}


@click.command()
@click.argument("flow")
@click.option("--file", type=_FILE, default=Path("flows.yaml"), show_default=True, help="The flows file.")
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), help="mermaid unless --out ends in .svg.")
@click.option("--language", default="", help="Of the words; the flow's first unless given.")
@click.option("--call", "call_id", default="", help="Mark the way of this call, in the version on which it ran.")
@click.option("--counts", is_flag=True, help="How often each way was taken by the recorded calls.")
@click.option("--since", "span", default="", metavar="7d", help="With --counts: only calls of the last 7d, 12h, 30m.")
@click.option("--out", type=_FILE, help="Write it there instead of printing it.")
@with_settings
def graph(
    settings: Settings,
    flow: str,
    *,
    file: Path,
    form: str | None,
    language: str,
    call_id: str,
    counts: bool,
    span: str,
    out: Path | None,
) -> None:
    """Draw FLOW: its steps, and the ways between them."""
    from ari_app.flows_records import asked, since, taken_by, taken_by_all  # noqa: PLC0415 - slow: the database's

    if span and not counts:
        raise click.UsageError("--since is for --counts")
    if call_id:
        shown, paths = asked(settings, lambda store: taken_by(store, call_id))
        if shown.name != flow:
            raise click.ClickException(f"call {call_id} ran {shown.name}, not {flow}")
        drawn = _drawn(shown, language).tracing(paths)
    else:
        drawn = _drawn(flow_named(flow, file), language)
    if counts:
        after = since(span) if span else None
        drawn = drawn.counted(asked(settings, lambda store: taken_by_all(store, flow, after)))
    _write(_FORMATS[form or ("svg" if out and out.suffix == ".svg" else "mermaid")](drawn), out)


@click.command()
@click.argument("flow", default="")
@with_settings
def versions(settings: Settings, flow: str) -> None:
    """The versions of FLOW (of all flows) that calls could run on, the newest first."""
    from ari_app.flows_records import asked  # noqa: PLC0415 - slow: the database's

    for version in asked(settings, lambda store: store.versions.list(flow)):
        click.echo(f"{version.hash}  {version.first_seen:%Y-%m-%d %H:%M}  {version.name}")


def _drawn(flow: Flow, language: str) -> Graph:
    try:
        return graph_of(flow, flow.check_language(language))
    except InputError as error:
        raise click.ClickException(str(error)) from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}") from error
    click.echo(f"{out}: {len(text)} characters")
