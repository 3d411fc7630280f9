"""What can be known of the caller's speech before their turn is over: asked at a pause, told to the turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from media.asr.protocol import Hint, Recognition
from media.audio.player import Player
from media.clock import Clock
from media.dialog.hearing import HeardTurn, Hearing, OnFailure, Probe
from media.dialog.protocol import TurnExpected
from media.eot.protocol import EndOfTurn
from media.turn.heard import Heard, claims, completeness
from media.turn.table import State
from media.turn.taking import Actions, TurnTaking

_JUDGED_WITHIN_S = 0.5
"""A judgement that comes later is of no use: the pause is over, or the turn."""
_ANYTHING = Hint("en")


class Probing:
    """One call's. `act` carries out what the turns make of it, `expect` tells what a turn may be. On the loop."""

    def __init__(
        self,
        turns: TurnTaking,
        hearing: Hearing,
        player: Player,
        clock: Clock,
        *,
        act: Callable[[Actions, float], None],
        expect: Callable[[TurnExpected], None],
        on_failure: OnFailure,
        model: EndOfTurn | None = None,
        deadline_s: float = 5.0,
    ) -> None:
        self._turns = turns
        self._hearing = hearing
        self._player = player
        self._clock = clock
        self._act = act
        self._expect = expect
        self._on_failure = on_failure
        self._model = model
        self._deadline_s = deadline_s
        self._hint: Hint | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._catching: asyncio.Task[None] | None = None
        self._judging: asyncio.Task[None] | None = None
        self.caught: HeardTurn | None = None
        """A turn that was recognised in what was not certain to be speech."""

    def listen(self, hint: Hint | None) -> None:
        """What is listened for from now on."""
        self._hint = hint

    @property
    def judges(self) -> bool:
        """Whether a model judges pauses."""
        return self._model is not None

    def ask(self) -> None:
        """The caller pauses: ask what was said so far, and whether that was all. One question of a kind at a time."""
        voiced_at = self._turns.voiced_at
        if probe := self._hearing.probe(voiced_at, self._deadline_s):
            self._start(self._learn(probe))
        if self._model and (self._judging is None or self._judging.done()):
            self._judging = self._start(self._judge(self._model, voiced_at))

    def catch(self, at: float) -> None:
        """Something loud was no voice: see whether it has words. One at a time."""
        if self._hint and (self._catching is None or self._catching.done()):
            murmur = self._turns.murmur
            self._catching = self._start(
                self._recognise(self._hearing.caught(self._hint, murmur.started_at, murmur.voiced_at, at))
            )

    async def close(self) -> None:
        """End every question."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _learn(self, probe: Probe) -> None:
        """Tell the turns what was heard. Where the caller has said more meanwhile, ask again."""
        said = await probe.task
        now, turns = self._clock.now(), self._turns
        if probe.voiced_at != turns.voiced_at:
            turns.ask_again()
            return
        heard = self._weighed(probe.voiced_at, said)
        if said and said.text and turns.state is State.TURN:
            self._expect(TurnExpected(now, said.text, said.confidence, said.engine, said.language))
        self._act(turns.learned(heard, now), now)

    def _weighed(self, voiced_at: float, said: Recognition | None) -> Heard:
        text, hint = said.text if said else "", self._hint or _ANYTHING
        language = (said.language if said else "") or hint.language
        return Heard(
            voiced_at,
            completeness(text, hint.phrases, language),
            claims(text, hint.phrases, language, self._player.remaining_ms),
        )

    async def _judge(self, model: EndOfTurn, voiced_at: float) -> None:
        try:
            async with asyncio.timeout(_JUDGED_WITHIN_S):
                probability = await model.probability(self._hearing.audio)
        except Exception as error:
            self._on_failure(model.name, error)
            return
        now = self._clock.now()
        self._act(self._turns.judged(voiced_at, probability, now), now)

    async def _recognise(self, turn: HeardTurn) -> None:
        recognition = asyncio.ensure_future(self._hearing.recognise(turn, self._deadline_s))
        try:
            said = await recognition
        finally:
            recognition.cancel()
        if said and said.text:
            turn.probe = Probe(turn.voiced_at, recognition)
            self.caught = turn
            now = self._clock.now()
            self._act(self._turns.caught(now), now)
