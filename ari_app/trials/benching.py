"""Measuring the engines of the settings, one after the other, in each language that they are asked in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any

from ari_app.engines.roster import PATIENCE_S
from ari_app.models.errors import ModelError
from ari_app.ops.settings import Settings
from ari_app.trials.figures import Measured
from ari_app.trials.in_use import InUse, made
from ari_app.trials.material import recordings
from ari_app.trials.measuring import RUN_S, Manner, choosing, hearing, judging, speaking, talking, telling
from ari_app.trials.warming import load
from ivr_flows.book import FlowBook
from media.errors import EngineError
from media.registry import Engines as Kind


async def bench(
    engines: Sequence[InUse],
    settings: Settings,
    book: FlowBook | None,
    manner: Manner,
    tell: Callable[[Measured], None],
) -> list[Measured]:
    """Measure each in each of its languages, one after the other, and `tell` of each as it is done. No VADs: what they
    take is part of the media loop's figures."""
    found = []
    for one in engines:
        if one.kind is Kind.VADS:
            continue
        async with aclosing(_of(one, settings, book, manner)) as languages:
            async for measured in languages:
                tell(measured)
                found.append(measured)
    return found


async def _of(one: InUse, settings: Settings, book: FlowBook | None, manner: Manner) -> AsyncGenerator[Measured]:
    chosen = settings.engines.models.get(one.name)
    patience_s = (chosen.patience_s if chosen else None) or PATIENCE_S.get(one.kind, PATIENCE_S[Kind.MINDS])
    blank = Measured(one.name, one.kind.name.lower(), ", ".join(one.languages), first=False, patience_ms=0)
    async with AsyncExitStack() as held:
        try:
            engine = await asyncio.to_thread(made, one, settings, book)
            await load(engine, one.name, settings, held)
        except (EngineError, OSError) as error:
            yield replace(blank, error=str(error))
            return
        for language, first in one.languages.items():
            begun = replace(blank, language=language, first=first, patience_ms=patience_s * 1000)
            try:
                measured = await _measured(one.kind, engine, begun, manner, settings=settings, book=book)
            except (EngineError, ModelError, OSError) as error:
                measured = replace(begun, error=str(error) or f"no answer within {RUN_S:g} s")
            if measured is not None:
                yield measured


async def _measured(
    kind: Kind, engine: Any, begun: Measured, manner: Manner, *, settings: Settings, book: FlowBook | None
) -> Measured | None:
    """None for a language that it does not serve."""
    if kind is Kind.SYNTHESISERS:
        return await speaking(engine, begun, manner)
    if kind is Kind.MINDS:
        return await talking(engine, begun, manner) if engine.talks else await choosing(engine, begun, book, manner)
    sounds = await recordings(begun.language, settings.cache_dir, manner.folder)
    told = replace(begun, on=sounds.source)
    if kind is Kind.RECOGNISERS:
        return await hearing(engine, told, sounds.all, manner)
    if kind is Kind.LANGUAGE_IDENTIFIERS:
        return await telling(engine, told, sounds.all, manner)
    return await judging(engine, told, sounds.all, manner)
