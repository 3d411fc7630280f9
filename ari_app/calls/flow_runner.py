"""Runs a flow on a call: carries out the interpreter's commands, and brings it what happens.

Keys pressed while nothing waits for them, or while a prompt may not be cut, are kept and given to the next wait
(type-ahead), unless that wait clears them. A turn that was over before a wait began is no answer to it. A hang-up is
always the last event that the interpreter sees.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ari_app.calls.history import History
from ari_app.calls.saying import Place, utterance
from ari_app.calls.understanding import Understanding
from ari_app.ops.logging import get_logger
from ari_app.store.records import Decision
from ivr_flows.commands import Command, Decide, End, Fetch, Say, Wait
from ivr_flows.events import Decided, Digit, Event, Failed, Fetched, HungUp, Silence, Speech
from ivr_flows.interpreter import advance
from ivr_flows.model import Flow
from ivr_flows.session import Session
from ivr_flows.travel import begun, travelled
from media.dialog.protocol import (
    AgentFinished,
    AgentStarted,
    BargedIn,
    Listening,
    MediaEvent,
    MediaLeg,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    TurnEnded,
)

_T = TypeVar("_T")
_log = get_logger(__name__)
_MOST_KEYS = 64
_MOST_GUESSES = 3
_DECIDE_S = 5.0
_DRAIN_S = 60.0
__all__ = ["Backend", "BackendError", "FlowRunner", "Place"]


class Backend(Protocol):
    """Where decisions are committed and things looked up, for one call."""

    async def decide(self, outcome: str, data: Mapping[str, object]) -> Decision:
        """Commit the call's decision with its result. Raises on failure."""

    async def fetch(self, name: str, arguments: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        """Look something up."""


class BackendError(Exception):
    """A decision could not be committed, or a lookup not answered; the text says why."""


class _GoneError(Exception):
    """The caller hung up meanwhile."""


class FlowRunner:
    """One flow on one call. `run` returns its end; the other methods bring what happens and return at once."""

    def __init__(
        self,
        *,
        flow: Flow,
        leg: MediaLeg,
        understanding: Understanding,
        backend: Backend,
        history: History,
        place: Place,
    ) -> None:
        self._flow = flow
        self._leg = leg
        self._understanding = understanding
        self._backend = backend
        self._history = history
        self._place = place
        self._typed: deque[str] = deque(maxlen=_MOST_KEYS)
        self._turns: deque[TurnEnded | SilenceElapsed] = deque(maxlen=4)
        self._waits_since_ms = 0
        self._gone = asyncio.Event()
        self._recordings = 0
        self._news = asyncio.Event()

    def press(self, digit: str) -> None:
        """A key was pressed."""
        self._history.note("key", digit=digit)
        self._typed.append(digit)
        self._news.set()

    def hung_up(self) -> None:
        """The caller has gone: what they had heard by then is noted."""
        self._leg.stop_speaking()
        self._gone.set()
        self._news.set()

    def on_media(self, event: MediaEvent) -> None:
        """What the conversation tells: noted, and kept for the wait if it answers it."""
        match event:
            case AgentStarted():
                self._history.note("agent_started", at=event.at, utterance=event.utterance)
            case AgentFinished():
                self._history.note(
                    "said", at=event.at, utterance=event.utterance, text=event.heard, complete=event.complete
                )
            case SpeechStarted():
                self._history.note("caller_started", at=event.at)
            case BargedIn():
                self._history.note("barged_in", at=event.at, heard=event.heard)
            case TurnEnded():
                self._note_turn(event)
                if self._history.ms(event.at) - event.recognised_ms >= self._waits_since_ms - 1:
                    self._turns.append(event)
            case SilenceElapsed():
                self._turns.append(event)
            case SpeechFailed():
                self._history.note("engine_failed", at=event.at, engine=event.engine, error=event.error)
                _log.warning("engine.failed", engine=event.engine, error=event.error)
        self._news.set()

    def prepare(self, commands: Sequence[Command]) -> None:
        """Have the prompts of these commands rendered ahead of the answer."""
        for command in commands:
            if isinstance(command, Say):
                self._leg.prepare(utterance(command, self._place))

    async def run(self, session: Session, commands: tuple[Command, ...]) -> End:
        """Run the flow from here to its end; what was said last is played out first, unless the caller has gone."""
        if path := begun(self._flow, session):
            self._history.note("steps", path=path)
        while True:
            self._history.save_session(session.to_json())
            last = self._perform(commands)
            if isinstance(last, End):
                await self._finish()
                return last
            before = session
            session, commands = advance(self._flow, before, await self._event_for(last))
            if path := travelled(self._flow, before, session):
                self._history.note("steps", path=path)

    def _perform(self, commands: tuple[Command, ...]) -> Wait | Decide | Fetch | End:
        for command in commands[:-1]:
            if isinstance(command, Say):
                self._leg.say(utterance(command, self._place))
        last = commands[-1]
        if isinstance(last, Say):
            raise TypeError(f"a batch of commands ends in Wait, Decide, Fetch or End, not in {last!r}")
        return last

    async def _finish(self) -> None:
        self._leg.stop_listening()
        with suppress(_GoneError, TimeoutError):
            await self._unless_gone(self._leg.drained(), _DRAIN_S)

    async def _event_for(self, command: Wait | Decide | Fetch) -> Event:
        match command:
            case Wait():
                return await self._answer(command)
            case Decide():
                return await self._decide(command)
            case Fetch():
                return await self._fetch(command)

    async def _answer(self, wait: Wait) -> Event:
        if wait.clear_typed:
            self._typed.clear()
        self._turns.clear()
        self._waits_since_ms = self._history.ms()
        self._leg.listen(self._listening(wait))
        ended_by_key = False
        while True:
            self._news.clear()
            if self._gone.is_set():
                return HungUp(self._history.ms())
            if turn := self._next_turn(wait):
                return await self._turn(turn, wait)
            if self._typed and self._leg.interruptible and not ended_by_key:
                key = self._typed.popleft()
                ended_by_key = key == wait.ends_with and self._leg.end_turn()
                if not ended_by_key:
                    self._leg.stop_speaking()
                    return Digit(self._history.ms(), key)
            await self._news.wait()

    def _next_turn(self, wait: Wait) -> TurnEnded | SilenceElapsed | None:
        """The turn that answers, and with it the key that ends it. Silence in which a key was pressed is none."""
        while self._turns and self._typed and isinstance(self._turns[0], SilenceElapsed):
            self._turns.popleft()
        if not self._turns:
            return None
        turn = self._turns.popleft()
        if self._typed and self._typed[0] == wait.ends_with and isinstance(turn, TurnEnded):
            self._typed.popleft()
        return turn

    async def _turn(self, turn: TurnEnded | SilenceElapsed, wait: Wait) -> Event:
        if isinstance(turn, SilenceElapsed):
            self._history.note("silence", at=turn.at)
            return Silence(self._history.ms(turn.at))
        asked_ms = self._history.ms()
        guesses = await self._understanding.guesses(turn.text, wait)
        self._history.note(
            "understood",
            took_ms=self._history.ms() - asked_ms,
            guesses={guess.option: round(guess.confidence, 3) for guess in guesses[:_MOST_GUESSES]},
        )
        recording = turn.recording.name if turn.recording else None
        return Speech(self._history.ms(), turn.text, turn.confidence, guesses, recording)

    async def _decide(self, decide: Decide) -> Event:
        """Not cut short by a hang-up: what was pressed is committed, or was not."""
        self._leg.stop_listening()
        try:
            async with asyncio.timeout(_DECIDE_S):
                decision = await self._backend.decide(decide.outcome, decide.data)
        except (BackendError, TimeoutError) as error:
            _log.exception("decision.not_committed", outcome=decide.outcome)
            reason = str(error) or f"no answer within {_DECIDE_S:g} s"
            self._history.note("decision_failed", outcome=decide.outcome, error=reason)
            return Failed(self._history.ms(), reason)
        self._history.note("decided", outcome=decide.outcome, accepted=decision.accepted, stands=decision.outcome)
        return Decided(self._history.ms(), decision.accepted)

    async def _fetch(self, fetch: Fetch) -> Event:
        self._leg.stop_listening()
        timeout_s = fetch.timeout_ms / 1000
        try:
            data = await self._unless_gone(self._backend.fetch(fetch.name, fetch.arguments, timeout_s), timeout_s)
        except _GoneError:
            return HungUp(self._history.ms())
        except (BackendError, TimeoutError) as error:
            return self._lookup_failed(fetch, str(error) or f"no answer within {fetch.timeout_ms} ms")
        self._history.note("fetched", name=fetch.name)
        return Fetched(self._history.ms(), data)

    async def _unless_gone(self, work: Coroutine[Any, Any, _T], timeout_s: float) -> _T:
        """The work's result; `_GoneError` as soon as the caller has gone, `TimeoutError` past the time."""
        task = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({task, gone}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise _GoneError
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            task.cancel()
            gone.cancel()

    def _lookup_failed(self, fetch: Fetch, reason: str) -> Failed:
        self._history.note("fetch_failed", name=fetch.name, error=reason)
        return Failed(self._history.ms(), reason)

    def _note_turn(self, turn: TurnEnded) -> None:
        self._history.note(
            "caller_said",
            at=turn.speech_ended_at,
            text=turn.text,
            confidence=round(turn.confidence, 3),
            engine=turn.engine,
            from_ms=self._history.ms(turn.speech_started_at),
            turn_ended_ms=self._history.ms(turn.at),
            recognised_ms=round(turn.recognised_ms, 1),
        )

    def _listening(self, wait: Wait) -> Listening:
        return Listening(
            language=wait.language,
            phrases=tuple(phrase for option in wait.options for phrase in option.phrases),
            free=wait.free,
            silence_ms=wait.silence_ms,
            end_silence_ms=wait.end_silence_ms or self._place.end_silence_ms,
            max_turn_ms=wait.max_turn_ms,
            record=self._new_recording() if wait.record else None,
        )

    def _new_recording(self) -> Path:
        self._recordings += 1
        return self._place.recordings / f"turn-{self._recordings}.wav"
