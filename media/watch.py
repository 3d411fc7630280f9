"""Engines at work, watched: each piece of work is told to the engine's health, and what becomes of it to the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakSet

import structlog

from media.clock import Clock
from media.errors import EngineBusyError, EngineRestingError
from media.health import EngineHealth, HealthReport

_T = TypeVar("_T")
_E = TypeVar("_E")
FAILURES: ContextVar[Callable[[str, Exception], None] | None] = ContextVar("failures", default=None)
"""Who is told, in the task that asks and those that it starts, which engine failed at a stream of words or of sound,
and how. What fails at hearing is told by `Hearing`."""
_log = structlog.stdlib.get_logger(__name__)


class Watch:
    """One engine's health, on a clock. `patience_s`: what takes longer is as good as a failure.

    `at_once`: pieces of work beyond which others are asked.
    """

    def __init__(
        self, name: str, health: EngineHealth, clock: Clock, *, patience_s: float, at_once: int | None = None
    ) -> None:
        self.name = name
        self.patience_s = patience_s
        self._health = health
        self._clock = clock
        self._at_once = at_once
        self._under_way: WeakSet[Attempt] = WeakSet()

    @property
    def ready(self) -> bool:
        """Whether it may be asked now."""
        return not self.left_alone and not self._full

    @property
    def left_alone(self) -> bool:
        """Whether it failed too often in a row."""
        return not self._health.ready(self._clock.now())

    def begin(self, *, last: bool, asked: bool = True, awaited: bool = True) -> Attempt:
        """A piece of work. Raises, unless it is the last that could do it, `EngineRestingError` while it is left alone,
        and `EngineBusyError` while it has as many as it may.

        The last is always tried, and waited for as long as whoever asks has time. With `asked` False nothing is asked
        of it yet (`Attempt.asked_now`), and its patience is its own. So it is with `awaited` False: the work is done
        ahead, may stand in a line for long, and that it is given up, or makes way for other work, says nothing of the
        engine.
        """
        if self._full and not last:
            raise EngineBusyError(f"{self.name}: has {self._at_once} to work for at once already")
        if not self._health.admit(self._clock.now()) and not last:
            report = self.report()
            raise EngineRestingError(f"{self.name}: left alone for {report.retry_s:.1f} s more; last: {report.error}")
        limit_s = self.patience_s if asked and awaited and not last else None
        attempt = Attempt(self, limit_s, asked=asked, awaited=awaited)
        self._under_way.add(attempt)
        return attempt

    def over(self, attempt: Attempt) -> None:
        """There is room for another."""
        self._under_way.discard(attempt)

    @property
    def _full(self) -> bool:
        return self._at_once is not None and len(self._under_way) >= self._at_once

    def report(self) -> HealthReport:
        """How it does."""
        return self._health.report(self._clock.now())

    def now(self) -> float:
        """Seconds on its clock."""
        return self._clock.now()

    def answered(self, took_ms: float) -> None:
        """It did its work."""
        if self._health.answered(took_ms):
            _log.info("engine.back", engine=self.name, took_ms=round(took_ms))

    def went_wrong(self, error: str) -> None:
        """It did not."""
        if self._health.went_wrong(self._clock.now(), error):
            _log.warning("engine.left_alone", engine=self.name, retry_s=round(self.report().retry_s, 1), error=error)

    def withdrawn(self) -> None:
        """Nobody wants it any more."""
        self._health.withdrawn(self._clock.now())


@dataclass(frozen=True, slots=True)
class Watched(Generic[_E]):
    """An engine and its watch."""

    engine: _E
    watch: Watch
    only_for: str = ""
    """A `Purpose`; "" is for all."""


class Attempt:
    """One piece of work: it fails once at most."""

    def __init__(self, watch: Watch, limit_s: float | None, *, asked: bool = True, awaited: bool = True) -> None:
        self._watch = watch
        self._limit_s = limit_s
        self._asked = asked
        self._awaited = awaited
        self._asked_at = 0.0
        self._took_ms = 0.0
        self._told = self._failed = False

    def asked_now(self) -> None:
        """From now on an answer is waited for. Again: nothing."""
        if not self._asked:
            self._asked, self._asked_at = True, self._watch.now()

    async def answer(self, work: Awaitable[_T]) -> _T:
        """What `work` comes to; None is no answer yet. Raises as it does, and `EngineBusyError` past the patience."""
        answer = await self._patiently(work)
        if answer is not None:
            self._answered()
        return answer

    async def stream(self, parts: AsyncIterator[_T]) -> AsyncGenerator[_T, None]:
        """The same for parts, each waited for. What counts as the answer is the first, or the end where none comes."""
        try:
            while True:
                part = await self._patiently(anext(parts, None))
                if self._asked and not self._told:
                    self._answered()
                if part is None:
                    return
                yield part
        except Exception as error:
            if (listener := FAILURES.get()) and not self._made_way(error):
                listener(self._watch.name, error)
            raise
        finally:
            self.withdrawn()
            self.over()
            if isinstance(parts, AsyncGenerator):
                await parts.aclose()

    def failed(self, error: Exception) -> None:
        """It came to nothing."""
        if not self._failed:
            self._failed = True
            self._watch.went_wrong(str(error) or type(error).__name__)

    def withdrawn(self) -> None:
        """Nobody wants it any more. Idempotent."""
        if not self._told and not self._failed:
            self._watch.withdrawn()

    def over(self) -> None:
        """The engine has nothing more to do for it. Idempotent; what is dropped without a word is over, too."""
        self._watch.over(self)

    def _answered(self) -> None:
        self._watch.answered(self._took_ms)
        self._told = True

    async def _patiently(self, work: Awaitable[_T]) -> _T:
        asked_at = self._watch.now()
        try:
            async with asyncio.timeout(self._limit_s) as limit:
                answer = await work
        except asyncio.CancelledError:
            self._given_up(self._watch.now() - asked_at)
            raise
        except Exception as error:
            if self._made_way(error):
                self.withdrawn()
                raise
            if not limit.expired():
                self.failed(error)
                raise
            late = EngineBusyError(f"{self._watch.name}: nothing came in {self._watch.patience_s:g} s")
            self.failed(late)
            raise late from error
        self._took_ms = (self._watch.now() - max(asked_at, self._asked_at)) * 1000
        return answer

    def _made_way(self, error: Exception) -> bool:
        """Whether it was work ahead, for which there was no place beside those who wait."""
        return not self._awaited and isinstance(error, EngineBusyError)

    def _given_up(self, waited_s: float) -> None:
        """Whoever was kept waiting beyond the engine's patience gives it up; before, they only changed their mind."""
        if self._awaited and waited_s >= self._watch.patience_s:
            self.failed(EngineBusyError(f"{self._watch.name}: given up after {waited_s:.1f} s"))
        else:
            self.withdrawn()
