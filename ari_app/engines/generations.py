"""Engines that are replaced while calls go on: each call keeps those that it began with, the old leave with its end.

A generation is the engines of one edition of the settings. What is made in the same way in two is shared: an engine is
closed when the last generation that has it has left. A generation leaves once it is not the current one, and no call
holds it; it is never taken from a call.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from ari_app.engines.roster import EngineState
from ari_app.engines.running import Engines
from ari_app.ops.logging import get_logger
from media.needs import Need

_log = get_logger(__name__)
_NAMED = 20
"""Calls that a line of the log names."""


class Stage(StrEnum):
    """Where a generation is in its life."""

    LOADING = "loading"
    CURRENT = "current"
    LEAVING = "leaving"
    """Calls still have it."""
    CLOSING = "closing"


@dataclass(eq=False, slots=True)
class Generation:
    """Engines, and the calls that have them."""

    number: int
    engines: Engines = field(repr=False)
    stage: Stage
    calls: dict[str, None] = field(default_factory=dict)
    """Their ids, the longest first."""


def settle() -> None:
    """What there is now stays: no later collection, of 25 ms and more each, need look at it.

    This one looks at all, in 100 ms and more: not while there are calls.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Generations:
    """A node's: the current one, those that leave, and one that is being loaded."""

    def __init__(self, first: Engines, *, settle: Callable[[], None] = settle) -> None:
        self.current = Generation(1, first, Stage.CURRENT)
        self._all = [self.current]
        self._numbers = 1
        self._held: dict[str, Generation] = {}
        self._settle = settle
        self._settles = False
        self._staying = False
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def all(self) -> Sequence[Generation]:
        """Every generation that has memory, the oldest first."""
        return tuple(self._all)

    @property
    def needs(self) -> Mapping[str, Need]:
        """What all of them declare; engines of older ones by their generation, where the newest has them not."""
        needs: dict[str, Need] = {}
        counted: set[int] = set()
        newest = self._all[-1]
        for generation in reversed(self._all):
            for one in generation.engines.members:
                if id(one.engine) not in counted:
                    counted.add(id(one.engine))
                    old = "" if generation is newest else f" (generation {generation.number}, {generation.stage})"
                    needs[f"{one.title}{old}"] = one.need
        return needs

    def states(self) -> Sequence[EngineState]:
        """How each engine of new calls does."""
        return self.current.engines.states()

    def hold(self, call_id: str) -> Generation:
        """The current one, kept for this call until it lets go."""
        self.let_go(call_id)
        self._held[call_id] = self.current
        self.current.calls[call_id] = None
        return self.current

    def let_go(self, call_id: str) -> None:
        """Idempotent."""
        generation = self._held.pop(call_id, None)
        if generation:
            del generation.calls[call_id]
            self._leave_when_free(generation)
            self._settle_when_idle()

    @contextmanager
    def staying(self) -> Iterator[Sequence[Engines]]:
        """Engines of those that are at work, the current one's last: none leaves within, so all can be shared."""
        alive = [one for one in self._all if one.stage in (Stage.CURRENT, Stage.LEAVING)]
        self._staying = True
        try:
            yield [one.engines for one in sorted(alive, key=lambda one: one.stage is Stage.CURRENT)]
        finally:
            self._staying = False
            for one in alive:
                self._leave_when_free(one)

    def add(self, engines: Engines) -> Generation:
        """One more, that is to be loaded: then it is taken, or given up."""
        self._numbers += 1
        generation = Generation(self._numbers, engines, Stage.LOADING)
        self._all.append(generation)
        return generation

    async def give_up(self, generation: Generation) -> None:
        """It was not loaded: what it has alone is closed, as far as it had come."""
        generation.stage = Stage.CLOSING
        try:
            await generation.engines.close(self._kept(generation))
        finally:
            self._all.remove(generation)

    def take(self, generation: Generation) -> None:
        """New calls get it from now on; the one before leaves with its last call."""
        before, self.current = self.current, generation
        before.stage, generation.stage = Stage.LEAVING, Stage.CURRENT
        _log.info(
            "engines.taken",
            generation=generation.number,
            before=before.number,
            calls_of_before=len(before.calls),
            held_by=list(before.calls)[:_NAMED],
        )
        self._leave_when_free(before)

    async def settled(self) -> None:
        """Return when none is being closed."""
        while self._leaving:
            await asyncio.wait(self._leaving)

    async def close(self) -> None:
        """End all of them."""
        await self.settled()
        closed: set[int] = set()
        for generation in self._all:
            await generation.engines.close(closed)
            closed |= {id(one.engine) for one in generation.engines.members}
        self._all.clear()

    def _kept(self, but: Generation) -> set[int]:
        """Ids of the engines that others have, and will go on having: to be asked in the step in which it is closing.

        Then of two that close side by side the later one closes what they shared.
        """
        others = (other for other in self._all if other is not but and other.stage is not Stage.CLOSING)
        return {id(one.engine) for other in others for one in other.engines.members}

    def _leave_when_free(self, generation: Generation) -> None:
        if generation.stage is Stage.LEAVING and not generation.calls and not self._staying:
            generation.stage = Stage.CLOSING
            task = asyncio.get_running_loop().create_task(
                self._leave(generation, self._kept(generation)), name=f"engines {generation.number} leave"
            )
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, generation: Generation, kept: set[int]) -> None:
        gone = [one.title for one in generation.engines.members if id(one.engine) not in kept]
        try:
            await generation.engines.close(kept)
        except Exception as error:  # a task root: calls go on with the others
            _log.exception("engines.not_closed", generation=generation.number, error=str(error))
        self._all.remove(generation)
        _log.info("engines.left", generation=generation.number, closed=gone)
        self._settles = True
        self._settle_when_idle()

    def _settle_when_idle(self) -> None:
        """What an engine has left in circles is looked for once no call would stumble over it."""
        if self._settles and not self._held:
            self._settles = False
            self._settle()
