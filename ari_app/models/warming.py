"""Loading the engines of the settings, to see that they load, how long it takes and what memory they take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from ari_app.engines.footprint import Footprint
from ari_app.engines.starting import close_all
from ari_app.models.in_use import InUse, made
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from media.errors import EngineError, EngineUnavailableError
from media.needs import NOTHING, Need


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
    """Load them one after the other, all held to the end, and `tell` of each. Whether all could be had."""
    well = True
    async with AsyncExitStack() as held:
        for one in engines:
            done = await _warmed(one, settings, book, held)
            tell(done)
            well &= not done.error
    return well


async def loaded(one: InUse, settings: Settings, book: FlowBook | None, held: AsyncExitStack) -> Any:
    """The engine, started, and closed when `held` is left. Raises `EngineError`."""
    engine = await asyncio.to_thread(made, one, settings, book)
    held.push_async_callback(close_all, [engine])
    if hasattr(engine, "start"):
        try:
            async with asyncio.timeout(settings.engines.load_s):
                await engine.start()
        except TimeoutError as error:
            raise EngineUnavailableError(f"{one.name} was not loaded in {settings.engines.load_s:g} s") from error
    return engine


async def _warmed(one: InUse, settings: Settings, book: FlowBook | None, held: AsyncExitStack) -> Warmed:
    before = await asyncio.to_thread(Footprint.now)
    began = time.monotonic()
    try:
        engine = await loaded(one, settings, book, held)
    except (EngineError, OSError) as error:
        return Warmed(one.name, one.kind.name.lower(), error=str(error))
    took_s = time.monotonic() - began
    grown = await asyncio.to_thread(before.growth)
    return Warmed(one.name, one.kind.name.lower(), took_s, grown, getattr(engine, "need", NOTHING))
