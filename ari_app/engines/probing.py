"""What the doctor does to find out whether each engine in use can be had."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from ari_app.engines.making import recipe
from ari_app.engines.roster import Roster, names_in
from ari_app.engines.starting import Wanted, close_all, start_all
from ari_app.ops.settings import Settings
from media.clock import MonotonicClock
from media.errors import EngineUnavailableError
from media.needs import NOTHING, Need
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
        (Kind.LANGUAGE_IDENTIFIERS, chosen.language_identifiers),
        (Kind.VADS, (chosen.vad,)),
        (Kind.MINDS, names_in(chosen.minds)),
    ):
        yield from ((kind, name) for name in names)


def declared(settings: Settings) -> Mapping[str, Need]:
    """What each engine in use declares, nothing being loaded; without those that can't be made (`probes` tells why)."""
    roster = Roster(settings, MonotonicClock())
    for kind, name in _in_use(settings):
        with suppress(EngineUnavailableError):
            if not roster.recipe(kind, name).learns:
                roster.engine(kind, name)
    return {one.title: one.need for one in roster.members}


def _try(kind: Kind, name: str, settings: Settings) -> None:
    how = recipe(kind, name, settings)
    if not how.learns:
        asyncio.run(_start_and_close(Wanted(name, how.make(), NOTHING, settings.engines.load_s)))


async def _start_and_close(wanted: Wanted) -> None:
    try:
        await start_all([wanted], lambda _: None)
    finally:
        await close_all([wanted.engine])
