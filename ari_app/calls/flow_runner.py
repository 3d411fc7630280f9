"""Runs a flow on a call: carries out the interpreter's commands, and brings it what happens.

A hang-up is always the last event that the interpreter sees. The end of the call's time comes to it once, in whatever
it waits for; a decision is finished before either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from ari_app.calls.answers import Answers
from ari_app.calls.attention import Attention, CutShortError
from ari_app.calls.backend import Backend, BackendError
from ari_app.calls.filling import Fillers, is_filler
from ari_app.calls.flight import CallFlight
from ari_app.calls.foresight import Foresight
from ari_app.calls.handover import Handover, HandoverError
from ari_app.calls.history import History
from ari_app.calls.likely import likely_words
from ari_app.calls.listed import ListedFirst
from ari_app.calls.privacy import Privacy
from ari_app.calls.saying import Place, answering, utterance, utterance_parts
from ari_app.calls.thinker import Thinker
from ari_app.calls.turn_times import Latency, TurnFigures, TurnTimes
from ari_app.calls.understanding import Understanding
from ari_app.ops.logging import get_logger
from ivr_flows.commands import Asked, Command, Decide, End, Fetch, OptOut, Pause, Say, Think, ThinkOn, Transfer, Wait
from ivr_flows.events import (
    Control,
    Decided,
    Digit,
    Event,
    Failed,
    Fetched,
    HungUp,
    Passed,
    Speech,
    Talked,
    TimeUp,
)
from ivr_flows.interpreter import advance
from ivr_flows.model import Flow
from ivr_flows.session import Session
from ivr_flows.travel import begun, travelled
from ivr_flows.waiting import filler, filler_after_ms
from media.dialog.protocol import (
    AgentFinished,
    AgentPaused,
    AgentResumed,
    AgentStarted,
    BargedIn,
    MediaEvent,
    MediaLeg,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    TurnClosed,
    TurnEnded,
    TurnExpected,
    UtterancePart,
)

_log = get_logger(__name__)
_DECIDE_S = 40.0
"""The backend knows by then what became of a decision: it withdraws it in 5 s, unless it is being committed."""
_OPT_OUT_S = 5.0
_SAVE_S = 1.0
_SUBMIT_GRACE_S = 5.0
"""What is being sent when the caller hangs up is still sent, if it takes no longer."""
_DRAIN_S = 60.0
_SILENT = (Decide, OptOut, Fetch, Think, ThinkOn)
"""What a caller who has spoken waits for in silence, as for what is made of their words."""


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
        handover: Handover | None = None,
        flight: CallFlight | None = None,
        turns: TurnFigures | None = None,
    ) -> None:
        self._flow = flow
        self._leg = leg
        self._understanding = understanding
        self._backend = backend
        self._history = history
        self._place = place
        self._handover = handover
        self._flight = flight
        self._attention = Attention(history)
        self._privacy = Privacy(leg)
        self._thinker = Thinker(self._attention, history, backend.fetch)
        self._foresight = Foresight(flow, ListedFirst(understanding), self.prepare)
        self._fillers = Fillers(leg, self._filler)
        self._session: Session | None = None
        self._times = TurnTimes()
        self._figures = turns or TurnFigures()
        self.answered = False
        """Whether the person has answered anything: a key, or words that the flow went on by."""
        self._asked: tuple[Session, Wait] | None = None
        """What the caller is being asked, and where the flow stands."""
        self._answers = Answers(
            leg=leg, guesser=self._foresight, history=history, place=place, attention=self._attention
        )

    @property
    def languages(self) -> Sequence[str]:
        """That the flow can go on in."""
        return self._flow.languages

    def press(self, digit: str) -> None:
        """A key was pressed."""
        self._history.note("key", digit=self._privacy.hides(digit))
        self._answers.press(digit)

    def hung_up(self) -> None:
        """The caller has gone: what they had heard by then is noted."""
        self._fillers.over()
        self._leg.stop_speaking()
        self._attention.hung_up()

    def passed_over(self) -> None:
        """A mind or a voice failed: who waits for it is told so the sooner."""
        self._fillers.passed_over()

    def control(self, control: Control) -> bool:
        """Something is asked of the call from outside; False when its flow is over. A decision is finished before."""
        return self._attention.ask(control)

    def on_media(self, event: MediaEvent) -> None:
        """What the conversation tells: noted, and kept for the wait if it answers it."""
        match event:
            case AgentStarted():
                self._agent_started(event)
            case AgentFinished():
                self._agent_finished(event)
            case SpeechStarted():
                self._fillers.over()
                self._history.note("caller_started", at=event.at)
            case AgentPaused():
                self._history.note("agent_paused", at=event.at)
            case AgentResumed():
                self._history.note("agent_resumed", at=event.at)
            case BargedIn():
                self._history.note("barged_in", at=event.at, heard=self._privacy.hides(event.heard))
            case TurnExpected():
                if self._asked:
                    self._foresight.expect(*self._asked, event, self._history.ms())
                return
            case TurnClosed():
                self._turn_closed()
                return
            case TurnEnded():
                self._note_turn(event)
                self._note_latency(self._times.ended(event))
                self._answers.heard(event)
            case SilenceElapsed():
                self._answers.heard(event)
            case SpeechFailed():
                self._fillers.passed_over()
                self._history.note("engine_failed", at=event.at, engine=event.engine, error=event.error)
                _log.warning("engine.failed", engine=event.engine, error=event.error)
        self._attention.wake()

    def prepare(self, commands: Sequence[Command]) -> None:
        """Have the prompts of these commands rendered ahead of the answer."""
        for command in commands:
            if isinstance(command, Say):
                self._leg.prepare(utterance(command, self._place))

    async def run(self, session: Session, commands: tuple[Command, ...]) -> End:
        """Run the flow from here to its end; what was said last is played out first, unless the caller has gone."""
        self._history.note("steps", path=begun(self._flow, session))
        if self._flight:
            self._flight.began(session, commands)
        with self._time_limited(session):
            end = await self._until_end(session, commands)
        self._leg.stop_listening()
        with suppress(CutShortError, TimeoutError):
            await self._attention.unless_cut_short(self._leg.drained(), _DRAIN_S)
        self._note_latency(self._times.over())
        return end

    async def _until_end(self, session: Session, commands: tuple[Command, ...]) -> End:
        while True:
            self._history.save_session(session.to_json())
            last = self._perform(commands)
            if isinstance(last, End):
                return last
            before = session
            event = await self._event_for(before, last)
            if isinstance(event, Speech):
                self._times.understood(self._history.now())
            session, commands = advance(self._flow, before, event)
            if self._flight:
                self._flight.advanced(event, session, commands)
            path = travelled(self._flow, before, session)
            self.answered = self.answered or isinstance(event, Digit) or (isinstance(event, Speech) and bool(path))
            if path:
                self._history.note("steps", path=path)

    @contextmanager
    def _time_limited(self, session: Session) -> Iterator[None]:
        longest = self._flow.body.longest
        after_s = min(self._place.longest_s, longest.after / 1000 if longest else self._place.longest_s)
        timer = asyncio.get_running_loop().call_later(after_s, self._attention.time_up)
        if session.time_up:
            timer.cancel()
        try:
            yield
        finally:
            timer.cancel()
            self._attention.flow_over()
            self._fillers.over()
            self._asked = None
            self._foresight.forget()

    def _perform(self, commands: tuple[Command, ...]) -> Asked | End:
        self._privacy.begin(commands)
        if len(commands) > 1 or not isinstance(commands[-1], _SILENT):
            self._fillers.over()
        last = commands[-1]
        thinks_on = isinstance(last, ThinkOn)
        for command in commands[:-1]:
            if isinstance(command, Say):
                self._times.says(command.id, self._history.now())
                self._leg.say(utterance(command, self._place, goes_on=thinks_on))
        if not thinks_on:
            self._leg.end_answer()
        if len(commands) == 1 and isinstance(last, Wait):
            self._note_latency(self._times.over())
        if isinstance(last, Say):
            raise TypeError(f"a batch of commands ends in something to wait for or in End, not in {last!r}")
        return last

    async def _event_for(self, session: Session, command: Asked) -> Event:
        self._session = session
        self._asked = (session, command) if isinstance(command, Wait) else None
        try:
            return await self._carried_out(session, command)
        except CutShortError as cut:
            if isinstance(cut.event, TimeUp):
                self._history.note("time_up")
            elif not isinstance(cut.event, HungUp):
                self._history.note("controlled", event=type(cut.event).__name__)
            if not isinstance(cut.event, HungUp):
                self._leg.stop_speaking()
            return cut.event

    async def _carried_out(self, session: Session, command: Asked) -> Event:
        if isinstance(command, Wait):
            return await self._answers.answer(command, likely_words(session.values))
        self._leg.stop_listening()
        match command:
            case Decide() | OptOut():
                return await (self._decide(command) if isinstance(command, Decide) else self._opt_out())
            case Fetch():
                return await self._fetch(command)
            case Pause():
                return await self._pause(command)
            case Think() | ThinkOn():
                if isinstance(command, Think):
                    self._leg.begin_answer(answering(command))
                return await self._thinker.answer(command, self._understanding.minds)
            case Transfer():
                return await self._transfer(command)

    async def _decide(self, decide: Decide) -> Event:
        """Not cut short by a hang-up: what was pressed is committed, or was not.

        The session goes first: whoever resumes the call after the commit asks for the decision again, not the caller.
        """
        await self._history.flush(_SAVE_S)
        try:
            async with asyncio.timeout(_DECIDE_S):
                decision = await self._backend.decide(decide.outcome, decide.data)
        except (BackendError, TimeoutError) as error:
            _log.exception("decision.not_committed", outcome=decide.outcome)
            reason = _reason(error, _DECIDE_S)
            self._history.note("decision_failed", outcome=decide.outcome, error=reason)
            return Failed(self._history.ms(), reason)
        self._history.note("decided", outcome=decide.outcome, accepted=decision.accepted, stands=decision.outcome)
        return Decided(self._history.ms(), decision.accepted, decision.canceled)

    async def _opt_out(self) -> Event:
        """Not cut short by a hang-up, either."""
        await self._history.flush(_SAVE_S)
        try:
            async with asyncio.timeout(_OPT_OUT_S):
                await self._backend.opt_out()
        except (BackendError, TimeoutError) as error:
            _log.exception("opt_out.not_committed")
            reason = _reason(error, _OPT_OUT_S)
            self._history.note("opt_out_failed", error=reason)
            return Failed(self._history.ms(), reason)
        self._history.note("opted_out")
        return Decided(self._history.ms(), accepted=True)

    async def _fetch(self, fetch: Fetch) -> Event:
        timeout_s = fetch.timeout_ms / 1000
        if fetch.key:
            await self._history.flush(_SAVE_S)
        try:
            data = await self._attention.unless_cut_short(
                self._backend.fetch(fetch), timeout_s, grace_s=_SUBMIT_GRACE_S if fetch.key else 0.0
            )
        except (BackendError, TimeoutError) as error:
            reason = _reason(error, timeout_s)
            if fetch.key:
                self._history.note("submit_failed", name=fetch.name, error=reason)
            else:
                self._history.note("fetch_failed", name=fetch.name, error=reason)
            return Failed(self._history.ms(), reason)
        if fetch.key:
            self._history.note("submitted", name=fetch.name)
        else:
            self._history.note("fetched", name=fetch.name)
        return Fetched(self._history.ms(), data)

    async def _pause(self, pause: Pause) -> Event:
        with suppress(TimeoutError):
            await self._attention.unless_cut_short(self._leg.drained(), _DRAIN_S)
        self._history.note("pause", for_ms=pause.ms, music=pause.music)
        if pause.music:
            self._leg.play_music(self._place.sound(pause.music))
        try:
            await self._attention.unless_cut_short(asyncio.sleep(pause.ms / 1000))
        finally:
            self._leg.stop_music()
        return Passed(self._history.ms())

    async def _transfer(self, transfer: Transfer) -> Event:
        """Noted by whoever hands over."""
        if self._handover is None:
            return Failed(self._history.ms(), "calls can't be transferred here")
        try:
            talked_s = await self._attention.unless_gone(self._handover.transfer(transfer))
        except HandoverError as error:
            return Failed(self._history.ms(), str(error))
        return Talked(self._history.ms(), round(talked_s * 1000))

    def _agent_started(self, event: AgentStarted) -> None:
        self._fillers.began(event.utterance)
        if is_filler(event.utterance):
            self._times.filled(event.at)
        self._history.note("agent_started", at=event.at, utterance=event.utterance)
        self._note_latency(self._times.began(event))

    def _agent_finished(self, event: AgentFinished) -> None:
        self._history.note(
            "said",
            at=event.at,
            utterance=event.utterance,
            text=self._privacy.hides_said(event.utterance, event.heard),
            complete=event.complete,
        )
        if not event.complete and not is_filler(event.utterance):
            self._answers.cut_short(event.utterance, event.heard)

    def _turn_closed(self) -> None:
        """The caller waits for an answer, unless nothing was asked of them."""
        if self._asked:
            self._fillers.turn_over(filler_after_ms(self._flow, self._place.filler_after_ms) / 1000)

    def _note_latency(self, latency: Latency | None) -> None:
        if latency:
            self._figures.add(latency.facts)
            self._history.note("turn_latency", at=latency.at, **latency.facts)

    def _filler(self, count: int) -> Sequence[UtterancePart]:
        return utterance_parts(filler(self._flow, self._session, count), self._place) if self._session else ()

    def _note_turn(self, turn: TurnEnded) -> None:
        self._history.note(
            "caller_said",
            at=turn.speech_ended_at,
            text=self._privacy.hides(turn.text),
            confidence=round(turn.confidence, 3),
            engine=turn.engine,
            from_ms=self._history.ms(turn.speech_started_at),
            turn_ended_ms=self._history.ms(turn.at),
            recognised_ms=round(turn.recognised_ms, 1),
            recording=turn.recording.name if turn.recording else "",
        )


def _reason(error: Exception, timeout_s: float) -> str:
    return str(error) or f"no answer within {timeout_s:g} s"
