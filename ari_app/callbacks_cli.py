"""`mercury callbacks …`: what became of results, and sending dead letters again."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import click

from ari_app.ops.remote import Remote
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings
from ari_app.store.records import CallbackStatus


@click.group()
def callbacks() -> None:
    """The callbacks of a running Mercury: list them, and send dead letters again. See docs/results.md."""


@callbacks.command("list")
@click.option("--status", type=click.Choice([one.value for one in CallbackStatus]), default="dead", show_default=True)
@click.option("--type", "kind", default="", help="e.g. call.result.")
@click.option("--url", default="", help="The address, whole.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@with_settings
def show(settings: Settings, status: str, kind: str, url: str, limit: int) -> None:
    """List callbacks, the newest first: the dead letters unless told otherwise."""
    given = {"status": status, "type": kind, "url": url, "limit": limit}
    query = urlencode({name: value for name, value in given.items() if value})
    _tell(Remote(settings.run_dir).get(f"/admin/callbacks?{query}"))


@callbacks.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All dead letters, up to --limit, the oldest first.")
@click.option("--type", "kind", default="", help="With --all: of this type.")
@click.option("--url", default="", help="With --all: to this address.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@with_settings
def resend(settings: Settings, *, ids: tuple[str, ...], everything: bool, kind: str, url: str, limit: int) -> None:
    """Send callbacks again: those with these IDS (delivered or not), or --all dead letters."""
    if bool(ids) == everything:
        raise click.UsageError("expected the ids of callbacks, or --all")
    remote = Remote(settings.run_dir)
    for callback_id in ids:
        _tell(remote.post(f"/admin/callbacks/{callback_id}/resend", {}))
    if everything:
        _tell(remote.post("/admin/callbacks/resend", {"type": kind, "url": url, "limit": limit}))


def _tell(document: object) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
