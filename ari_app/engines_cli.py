"""`mercury engines …`: what hears, speaks and understands; the memory plans; how engines are replaced."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import click

from ari_app.ops.engine_profiles import CARD, names, profile
from ari_app.ops.remote import Remote
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings
from media.needs import Need, table

_LOOK_S = 0.5


@click.group()
def engines() -> None:
    """What hears, speaks and understands."""


@engines.command()
def profiles() -> None:
    """The memory plans that `engines.profile` names: what each engine declares, and what there is on a 12 GB card."""
    for name in names():
        plan = profile(name)
        click.echo(f"{name}: {plan.title}")
        click.echo("  " + table(plan.needs, CARD).replace("\n", "\n  "))
        if plan.fetch:
            click.echo(f"  models to be fetched: {', '.join(plan.fetch)}")
        click.echo()


@engines.command()
@with_settings
def show(settings: Settings) -> None:
    """The engines of a running Mercury, what they declare, and the calls that have them."""
    click.echo(_shown(Remote(settings.run_dir).get("/admin/engines")))


@engines.command()
@with_settings
def reload(settings: Settings) -> None:
    """Have a running Mercury take the engines of its settings file as edited, and wait until new calls get them.

    Calls in progress keep those that they have. Where the new can't be had, or do not fit beside the old, the old stay.
    """
    remote = Remote(settings.run_dir)
    begun = remote.post("/admin/engines/reload", {})
    for what in ("loads", "shares"):
        click.echo(f"{what}: {', '.join(map(str, _list(begun[what]))) or 'none'}")
    told = remote.get("/admin/engines")
    while told["loading"]:
        time.sleep(_LOOK_S)
        told = remote.get("/admin/engines")
    click.echo(_shown(told))
    if told["failure"]:
        raise click.ClickException(f"the engines of before stay: {told['failure']}")


def _shown(told: Mapping[str, Any]) -> str:
    """Each generation with its table."""
    budget = Need(told["budget_ram_mib"], told["budget_vram_mib"])
    lines = []
    for one in told["generations"]:
        held = f", the longest is {one['held_by'][0]}" if one["held_by"] else ""
        lines.append(f"generation {one['number']} ({one['stage']}): {one['calls']} calls{held}")
        needs = {each["name"]: Need(each["ram_mib"], each["vram_mib"]) for each in one["engines"]}
        lines.append("  " + table(needs, budget).replace("\n", "\n  "))
    return "\n".join(lines)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
