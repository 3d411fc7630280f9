"""Replacing the engines on demand: the settings are read again, what is new is loaded beside the old, and taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ari_app.engines.budget import MemoryBudgetError, check_budget
from ari_app.engines.generations import Generation, Generations, Stage
from ari_app.engines.running import Engines
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import Settings
from media.clock import Clock
from media.errors import EngineError

_log = get_logger(__name__)


class UnderWayError(RuntimeError):
    """Engines are being replaced already."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a reload comes to: the generation that is being loaded (the current one, where nothing changed)."""

    generation: int
    loads: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()


class Publish(Protocol):
    """Makes engines those of new calls."""

    async def __call__(self, engines: Engines, taken: Callable[[], None], /) -> None:
        """Teach them the flows, render their prompts; `taken` is called as they become the current ones."""


class Exchange:
    """A node's. One reload at a time; a failed one leaves all as it was."""

    def __init__(self, generations: Generations, read: Callable[[], Settings], publish: Publish, clock: Clock) -> None:
        self._generations = generations
        self._read = read
        self._publish = publish
        self._clock = clock
        self._making = False
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.failure = ""
        """Why the last reload came to nothing; "" where it did not."""

    @property
    def under_way(self) -> bool:
        """Whether engines are being replaced."""
        return self._making or (self._task is not None and not self._task.done())

    async def begin(self) -> Begun:
        """Read the settings, see whether their engines can be had and fit beside the old, and begin to load them.

        Raises `SettingsError`, `EngineUnavailableError` (`MemoryBudgetError`), and `UnderWayError`.
        """
        self._refuse_closed()
        if self.under_way:
            raise UnderWayError("engines are being replaced already")
        self._making = True
        try:
            return await self._begin()
        finally:
            self._making = False

    async def settled(self) -> None:
        """Return when nothing is being loaded."""
        if self._task:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Give up what is being loaded; begin nothing more."""
        self._closed = True
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _refuse_closed(self) -> None:
        if self._closed:
            raise UnderWayError("Mercury is closing")

    async def _begin(self) -> Begun:
        current = self._generations.current.engines
        read = await asyncio.to_thread(self._read)
        settings = current.settings.model_copy(update={"engines": read.engines})
        with self._generations.staying() as alive:
            engines = await asyncio.to_thread(Engines.made, settings, current.found, self._clock, alive)
            fresh = {one.name for one in engines.fresh}
            shares = tuple(one.title for one in engines.members if one.title not in fresh)
            if not fresh and settings.engines == current.settings.engines:
                return Begun(self._generations.current.number, shares=shares)
            generation = self._generations.add(engines)
        try:
            self._refuse_closed()
            check_budget(self._generations.needs, engines.budget)
        except (UnderWayError, MemoryBudgetError):
            await self._generations.give_up(generation)
            raise
        begun = Begun(generation.number, tuple(one.name for one in engines.fresh), shares)
        self.failure = ""
        _log.info("engines.loading", generation=begun.generation, loads=begun.loads, shares=begun.shares)
        self._task = asyncio.create_task(self._replace(generation), name=f"load engines {begun.generation}")
        return begun

    async def _replace(self, generation: Generation) -> None:
        try:
            await generation.engines.load(self._tell)
            await self._publish(generation.engines, lambda: self._generations.take(generation))
        except BaseException as failure:
            if generation.stage is Stage.LOADING:
                await self._generations.give_up(generation)
            if not isinstance(failure, Exception):
                raise
            self.failure = str(failure) or type(failure).__name__
            known = isinstance(failure, EngineError | OSError)
            _log.error(
                "engines.refused",
                generation=generation.number,
                error=self.failure,
                exc_info=None if known else failure,
            )

    def _tell(self, line: str) -> None:
        _log.info("engines.progress", told=line)
