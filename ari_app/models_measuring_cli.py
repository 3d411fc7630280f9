"""`mercury models warm` and `bench`: the engines of the settings, loaded and at work."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ari_app.models.refusing import as_click_errors
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings

if TYPE_CHECKING:
    from ari_app.trials.in_use import InUse
    from ivr_flows.book import FlowBook


@click.command()
@click.argument("names", nargs=-1)
@with_settings
def warm(settings: Settings, names: tuple[str, ...]) -> None:
    """Load the engines of the settings, all or NAMES (of engines, or of their models), and say what that takes.

    Each is loaded and does a piece of real work, as at the start of Mercury. Fails if one can't be had.
    """
    from ari_app.trials.in_use import in_use
    from ari_app.trials.warming import Warmed
    from ari_app.trials.warming import warm as warm_now
    from media.needs import NOTHING

    def tell(done: Warmed) -> None:
        declared = f", declares {done.declared}" if done.declared != NOTHING else ""
        told = f"FAILED: {done.error}" if done.error else f"{done.seconds:.1f} s, took {done.grown}{declared}"
        click.echo(f"{done.name} ({done.kind}): {told}")

    with as_click_errors():
        engines = in_use(settings, names)
        well = asyncio.run(warm_now(engines, settings, _book(settings, engines), tell))
    sys.exit(not well)


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--runs", type=click.IntRange(1, 1000), default=10, show_default=True, help="Of each engine and language."
)
@click.option(
    "--recordings",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="WAV files to hear, named by what is said; in subfolders en, hi, mr where languages differ.",
)
@click.option("--paced", is_flag=True, help="Let recognisers hear at the pace of a call, not all at once.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON, on standard output.")
@with_settings
def bench(
    settings: Settings, names: tuple[str, ...], runs: int, recordings: Path | None, paced: bool, as_json: bool
) -> None:
    """Measure the engines of the settings, all or NAMES, with real work in each language that they are asked in.

    Warns of what is beyond an engine's patience or a turn's budget. Fails if an engine can't be had, or fails.
    """
    from ari_app.trials.benching import bench as bench_now
    from ari_app.trials.figures import TURN_BUDGET_MS, document, line, turns, warnings
    from ari_app.trials.in_use import in_use
    from ari_app.trials.measuring import Manner

    with as_click_errors():
        engines = in_use(settings, names)
        manner = Manner(runs, recordings, paced)
        found = asyncio.run(
            bench_now(
                engines, settings, _book(settings, engines), manner, lambda one: click.echo(line(one), err=as_json)
            )
        )
    whole = turns(found)
    if as_json:
        told = {"engines": [document(one) for one in found], "turn_ms": whole, "turn_budget_ms": TURN_BUDGET_MS}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    for language, took_ms in whole.items():
        over = " — more than that" if took_ms > TURN_BUDGET_MS else ""
        click.echo(f"a whole turn in {language}: {took_ms:.0f} ms of {TURN_BUDGET_MS:.0f}{over}", err=as_json)
    for warning in (warning for one in found for warning in warnings(one)):
        click.echo(f"warning: {warning}", err=True)
    sys.exit(any(one.error for one in found))


def _book(settings: Settings, engines: Sequence[InUse]) -> FlowBook | None:
    """The flows, where an engine learns from them; None, and a word of it, where they can't be read."""
    from ari_app.jupiter.services import load_served
    from ari_app.trials.in_use import learns
    from ivr_flows.problems import FlowError

    if not any(learns(one, settings) for one in engines):
        return None
    try:
        return load_served(settings, settings.flows)
    except FlowError as error:
        click.echo(f"without the flows: {error}", err=True)
        return None
