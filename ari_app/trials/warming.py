"""Loading the engines of the settings, to see that they load, how long it takes and what memory they take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from ari_app.engines.budget import budget_of, check_budget, free, need_of
from ari_app.engines.footprint import Footprint
from ari_app.engines.starting import close_all
from ari_app.ops.settings import Settings
from ari_app.trials.in_use import InUse, made
from ivr_flows.book import FlowBook
from media.errors import EngineError, EngineUnavailableError
from media.needs import NOTHING, Need
from media.registry import Engines as Kind


@dataclass(frozen=True, slots=True)
class Warmed:
    """What loading one engine, with its warm-up, came to; `error` where it failed."""

    name: str
    kind: str
    seconds: float = 0.0
    grown: Need = NOTHING
    declared: Need = NOTHING
    error: str = ""


async def warm(
    engines: Iterable[InUse], settings: Settings, book: FlowBook | None, tell: Callable[[Warmed], None]
) -> bool:
    """Load them one after the other, all held to the end, and `tell` of each. Whether all could be had.

    Raises `MemoryBudgetError`, before any is loaded, where all together need more memory than there is.
    """
    well = True
    found: dict[tuple[Kind, str], Any] = {}
    for one in engines:
        if any(name == one.name for _, name in found):
            continue  # of two kinds, and loaded once
        try:
            found[one.kind, one.name] = await asyncio.to_thread(made, one, settings, book)
        except EngineError as error:
            tell(Warmed(one.name, one.kind.name.lower(), error=str(error)))
            well = False
    needs = {key: need_of(key[1], engine, settings.engines) for key, engine in found.items()}
    budget = budget_of(settings.engines.memory, await asyncio.to_thread(free))
    check_budget({f"{kind.name.lower()} {name}": need for (kind, name), need in needs.items()}, budget)
    async with AsyncExitStack() as held:
        for key, engine in found.items():
            done = await _warmed(key, engine, needs[key], settings, held)
            tell(done)
            well &= not done.error
    return well


async def load(engine: Any, name: str, settings: Settings, held: AsyncExitStack) -> None:
    """Start an engine; it is closed when `held` is left. Raises `EngineError`."""
    held.push_async_callback(close_all, [engine])
    if not hasattr(engine, "start"):
        return
    model = settings.engines.models.get(name)
    limit_s = (model.load_s if model else None) or settings.engines.load_s
    try:
        async with asyncio.timeout(limit_s):
            await engine.start()
    except EngineError:
        raise
    except TimeoutError as error:
        raise EngineUnavailableError(f"{name} was not loaded within {limit_s:g} s") from error


async def _warmed(
    key: tuple[Kind, str], engine: Any, declared: Need, settings: Settings, held: AsyncExitStack
) -> Warmed:
    kind, name = key
    before = await asyncio.to_thread(Footprint.now)
    began = time.monotonic()
    try:
        await load(engine, name, settings, held)
    except (EngineError, OSError) as error:
        return Warmed(name, kind.name.lower(), error=str(error))
    took_s = time.monotonic() - began
    grown = await asyncio.to_thread(before.growth)
    return Warmed(name, kind.name.lower(), took_s, grown, declared)
