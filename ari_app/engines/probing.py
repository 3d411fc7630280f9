"""What the doctor does to find out whether each engine in use can be had."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from ari_app.engines.making import recipe
from ari_app.engines.roster import names_in
from ari_app.engines.starting import close_all, start_all
from ari_app.ops.settings import Settings
from media.registry import Engines as Kind


def probes(settings: Settings) -> dict[str, Callable[[], object]]:
    """By name, what loads each engine in use, for the doctor; it raises when the engine can't be had."""
    return {name: partial(_try, kind, name, settings) for kind, name in _in_use(settings)}


def _in_use(settings: Settings) -> Iterator[tuple[Kind, str]]:
    chosen = settings.engines
    for kind, names in (
        (Kind.RECOGNISERS, names_in(chosen.recognisers)),
        (Kind.SYNTHESISERS, names_in(chosen.synthesisers)),
        (Kind.END_OF_TURN, chosen.end_of_turn),
        (Kind.MINDS, names_in(chosen.minds)),
    ):
        yield from ((kind, name) for name in names)


def _try(kind: Kind, name: str, settings: Settings) -> None:
    how = recipe(kind, name, settings)
    if not how.learns:
        asyncio.run(_start_and_close(how.make()))


async def _start_and_close(made: object) -> None:
    try:
        await start_all([made])
    finally:
        await close_all([made])
