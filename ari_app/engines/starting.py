"""Engines that hold something are loaded and warmed side by side, each within its time, and closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ari_app.engines.footprint import Footprint
from ari_app.ops.logging import get_logger
from media.errors import EngineError, EngineUnavailableError
from media.needs import NOTHING, Need, total

_log = get_logger(__name__)
CLOSE_S = 30.0
"""Longest wait for one engine to be closed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An engine that is to be loaded, what it declares, and how long that may take."""

    name: str
    engine: Any = field(repr=False)
    need: Need
    limit_s: float


async def start_all(wanted: Sequence[Wanted], say: Callable[[str], None]) -> None:
    """Load and warm all at once; an engine may have a `start` coroutine, the protocols ask for none.

    Raises the first failure, when the others were given up: who has made them closes them, as far as they had come.
    """
    began, before = time.monotonic(), await asyncio.to_thread(Footprint.now)
    try:
        async with asyncio.TaskGroup() as group:
            for one in wanted:
                group.create_task(_start(one, say), name=f"load {one.name}")
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    need = total(one.need for one in wanted)
    if need != NOTHING:
        grown = await asyncio.to_thread(before.growth)
        say(f"Engines are loaded in {time.monotonic() - began:.1f} s: they declare {need}, and took {grown}")


async def close_all(made: Iterable[Any]) -> None:
    """End them. One that can't be closed, or not in time, is logged, and keeps no other from being closed."""
    await asyncio.gather(*(_close(one) for one in made if hasattr(one, "close")))


async def _start(wanted: Wanted, say: Callable[[str], None]) -> None:
    if not hasattr(wanted.engine, "start"):
        return
    began = time.monotonic()
    try:
        async with asyncio.timeout(wanted.limit_s) as limit:
            await wanted.engine.start()
    except TimeoutError as error:
        if not limit.expired():
            raise EngineUnavailableError(f"{wanted.name} can't be loaded: {str(error) or 'it timed out'}") from error
        raise EngineUnavailableError(
            f"{wanted.name} was not loaded and warmed within {wanted.limit_s:g} s; "
            "set engines.load_s, or its model's load_s, to more, or look why its disk or server is slow"
        ) from error
    if wanted.need != NOTHING:
        say(f"{wanted.name} is loaded and warm ({time.monotonic() - began:.1f} s; declares {wanted.need})")


async def _close(engine: Any) -> None:
    name = getattr(engine, "name", type(engine).__name__)
    try:
        async with asyncio.timeout(CLOSE_S):
            await engine.close()
    except (EngineError, OSError, RuntimeError, ValueError) as error:  # TimeoutError is an OSError
        _log.warning("engine.not_closed", engine=name, error=str(error) or type(error).__name__)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure of a group; the cancelling of others is none."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
