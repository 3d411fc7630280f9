"""Ended turns to their text: recognised side by side, told in the order of turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from media.asr.protocol import Recognition
from media.clock import Clock
from media.dialog.hearing import HeardTurn, Hearing, OnFailure, save_turn
from media.dialog.identifying import Identifying
from media.dialog.protocol import TurnEnded
from media.lid.protocol import LanguageIdentifier

MOST_PENDING_TURNS = 4
"""Turns that may wait for their text at once; more end without one."""
NOTHING = Recognition("", 0.0, "", 0.0)


class Transcriber:
    """One call's. `tell` is called with each turn, on the loop."""

    def __init__(
        self,
        hearing: Hearing,
        clock: Clock,
        tell: Callable[[TurnEnded], None],
        on_failure: OnFailure,
        *,
        deadline_s: float,
        identifiers: Sequence[LanguageIdentifier] = (),
    ) -> None:
        self._hearing = hearing
        self._identifying = Identifying(identifiers, on_failure)
        self._clock = clock
        self._tell = tell
        self._on_failure = on_failure
        self._deadline_s = deadline_s
        self._tasks: list[asyncio.Task[None]] = []
        self._recognising: set[asyncio.Task[Recognition | None]] = set()
        self.engines_ms: dict[str, float] = {}
        """Milliseconds that callers waited for each engine."""

    def take(self, turn: HeardTurn, record: Path | None) -> None:
        """Have it recognised, and kept at `record`."""
        self._tasks = [task for task in self._tasks if not task.done()]
        before = self._tasks[-1] if self._tasks else None
        if len(self._tasks) >= MOST_PENDING_TURNS:
            if turn.stream:
                turn.stream.cancel()
            turn.stream = turn.engine = turn.hint = None
        self._tasks.append(asyncio.ensure_future(self._transcribe(turn, record, before)))

    def stop_recognising(self) -> None:
        """What is not recognised by now is told without its text."""
        for recognition in self._recognising:
            recognition.cancel()

    async def close(self) -> None:
        """End every task."""
        tasks = [*self._tasks, *self._recognising]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _transcribe(self, turn: HeardTurn, record: Path | None, before: asyncio.Task[None] | None) -> None:
        recognition = asyncio.ensure_future(self._recognised(turn))
        self._recognising.add(recognition)
        recognition.add_done_callback(self._recognising.discard)
        try:
            recording = await self._saved(record, turn) if record else None
            await asyncio.wait([recognition])
        finally:
            recognition.cancel()
        took_ms = (self._clock.now() - turn.closed_at) * 1000
        if before:
            await asyncio.wait([before])
        said = None if recognition.cancelled() else recognition.result()
        self._tell(self._told(turn, said or NOTHING, took_ms, recording))

    async def _recognised(self, turn: HeardTurn) -> Recognition | None:
        """Its text; and its language, where that was asked and the recogniser does not tell."""
        asked = self._identifying.ask(turn.hint, turn.frames)
        if asked is None:
            return await self._hearing.recognise(turn, self._deadline_s)
        try:
            return await asked.settled(await self._hearing.recognise(turn, self._deadline_s))
        finally:
            asked.close()

    async def _saved(self, path: Path, turn: HeardTurn) -> Path | None:
        try:
            return await save_turn(path, turn)
        except OSError as error:
            self._on_failure("recorder", error)
            return None

    def _told(self, turn: HeardTurn, said: Recognition, took_ms: float, recording: Path | None) -> TurnEnded:
        if said.engine:
            self.engines_ms[said.engine] = self.engines_ms.get(said.engine, 0.0) + took_ms
        return TurnEnded(
            at=self._clock.now(),
            text=said.text,
            confidence=said.confidence,
            engine=said.engine,
            speech_started_at=turn.started_at,
            speech_ended_at=turn.voiced_at,
            recognised_ms=took_ms,
            recording=recording,
            language=said.language,
            unheard=turn.unheard,
        )
