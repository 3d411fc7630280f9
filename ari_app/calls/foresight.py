"""What a caller will be answered, worked out while they may still be speaking: thrown away at no cost if they go on.

The interpreter is pure, so a step taken ahead of time changes nothing; what it would say is rendered, and what the
minds made of the words is kept for the turn that has them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ari_app.calls.numbers import number_for
from ari_app.ops.logging import get_logger
from ivr_flows.commands import Command, Wait
from ivr_flows.events import Guess, Speech
from ivr_flows.interpreter import advance
from ivr_flows.model import Flow
from ivr_flows.session import Session
from media.dialog.protocol import TurnExpected
from media.workers.line import Rank

_log = get_logger(__name__)
_SOON_S = 0.25
"""What was begun ahead is waited for alone so long; it had a head start."""


class Guesser(Protocol):
    """Who guesses what an answer means (ari_app/calls/understanding.py)."""

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        """Guesses of an option's name for `text`, best first."""


@dataclass(frozen=True, slots=True)
class _Ahead:
    text: str
    wait: Wait
    task: asyncio.Task[tuple[Guess, ...]]


class Foresight:
    """One call's. A `Guesser` itself: what was guessed ahead is not guessed twice."""

    def __init__(self, flow: Flow, guesser: Guesser, prepare: Callable[[Sequence[Command]], None]) -> None:
        self._flow = flow
        self._guesser = guesser
        self._prepare = prepare
        self._ahead: _Ahead | None = None
        self.used = 0
        """Turns that had been foreseen."""

    def expect(self, session: Session, wait: Wait, turn: TurnExpected, ms: int) -> None:
        """The caller may have said this, `ms` into the call."""
        if self._ahead and self._ahead.text == turn.text and self._ahead.wait == wait:
            return
        self.forget()
        task = asyncio.create_task(self._look_ahead(session, wait, turn, ms), name="foresight")
        task.add_done_callback(_seen)
        self._ahead = _Ahead(turn.text, wait, task)

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        """Guesses of an option's name for `text`, best first: at once where they are known."""
        ahead, self._ahead = self._ahead, None
        if ahead and (ahead.text, ahead.wait) != (text, wait):
            ahead.task.cancel()
            ahead = None
        if ahead is None:
            return await self._guesser.guesses(text, wait, rank)
        try:
            await asyncio.wait({ahead.task}, timeout=_SOON_S)
            if ahead.task.done() and not _guessed(ahead.task):
                return await self._guesser.guesses(text, wait, rank)
            return await self._sooner(ahead.task, text, wait, rank)
        finally:
            ahead.task.cancel()

    async def _sooner(
        self, ahead: asyncio.Task[tuple[Guess, ...]], text: str, wait: Wait, rank: Rank
    ) -> tuple[Guess, ...]:
        """What was begun ahead may stand at the end of a line: the caller waits now, and is asked for as such, too."""
        if not ahead.done():
            anew = asyncio.ensure_future(self._guesser.guesses(text, wait, rank))
            try:
                await asyncio.wait({ahead, anew}, return_when=asyncio.FIRST_COMPLETED)
                if not _guessed(ahead):
                    return await anew
            finally:
                anew.cancel()
        self.used += 1
        return ahead.result()

    def forget(self) -> None:
        """Nothing is expected."""
        if self._ahead:
            self._ahead.task.cancel()
            self._ahead = None

    async def _look_ahead(self, session: Session, wait: Wait, turn: TurnExpected, ms: int) -> tuple[Guess, ...]:
        number, digits = number_for(wait, turn.text, turn.language)
        guesses = () if number or digits else await self._guesser.guesses(turn.text, wait, Rank.AHEAD)
        said = Speech(ms, turn.text, turn.confidence, guesses, None, turn.language, number, digits)
        _, commands = advance(self._flow, session, said)
        self._prepare(commands)
        return guesses


def _guessed(task: asyncio.Task[tuple[Guess, ...]]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _seen(task: asyncio.Task[tuple[Guess, ...]]) -> None:
    """What could not be foreseen will be met in its time."""
    if not task.cancelled() and (error := task.exception()):
        _log.warning("foresight.failed", error=repr(error))
