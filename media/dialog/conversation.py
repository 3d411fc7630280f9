"""One call's ears and mouth: what holds transport, voice activity, turns, recogniser and player together.

Two ways in, both short: a frame that has just come (`_on_frame`: voice activity and turns, at once) and the tick
(`tick`: 20 ms out, 20 ms in order to the recogniser and the recording). Events leave through the loop, never from
inside a step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import structlog

from media.asr.protocol import Hint, Recogniser
from media.audio.levels import rms
from media.audio.player import Finished, Player, QueueFullError, Started
from media.audio.recorder import Recorder
from media.clock import Clock
from media.dialog.hearing import HeardTurn, Hearing
from media.dialog.options import Options
from media.dialog.probing import Probing
from media.dialog.protocol import (
    AgentFinished,
    AgentPaused,
    AgentResumed,
    AgentStarted,
    BargedIn,
    Listening,
    MediaEvent,
    MediaLost,
    MediaStatistics,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    TurnClosed,
    TurnEnded,
    Utterance,
)
from media.dialog.speaking import Speaking, Voice
from media.dialog.statistics import leg_statistics
from media.dialog.transcriber import Transcriber
from media.eot.protocol import EndOfTurn
from media.flight.log import FlightLog
from media.flight.turns import RecordedTurns
from media.lid.protocol import LanguageIdentifier
from media.machine.detector import MachineDetector
from media.machine.manner import MachineManner
from media.machine.verdict import Found
from media.ticker import Beats
from media.transport.protocol import MediaRequest, Transport
from media.tts.protocol import Speech
from media.turn.gate import VoiceGate
from media.turn.table import Action, Input, State
from media.turn.taking import Actions, TurnTaking
from media.vad.protocol import VoiceActivityDetector

_RECORDED_WITHIN_S = 1.0
_log = structlog.stdlib.get_logger(__name__)


class Conversation:
    """A `MediaLeg` (media/dialog/protocol.py). Made, used and closed on one event loop."""

    def __init__(
        self,
        *,
        transport: Transport,
        ticker: Beats,
        clock: Clock,
        vad: VoiceActivityDetector,
        recognisers: Sequence[Recogniser],
        voice: Voice,
        recorder: Recorder | None = None,
        end_of_turn: EndOfTurn | None = None,
        identifiers: Sequence[LanguageIdentifier] = (),
        flight: FlightLog | None = None,
        options: Options | None = None,
    ) -> None:
        self._options = options = options or Options()
        self._transport = transport
        self._ticker = ticker
        self._clock = clock
        self._vad = vad
        self._recorder = recorder
        self._flight = flight
        self._player = Player()
        self._turns = RecordedTurns(flight, options.manner) if flight else TurnTaking(options.manner)
        self._gate = VoiceGate(
            options.floor_dbfs, options.barge_in_gate_dbfs, echo_db=options.echo_db, far_db=options.far_db
        )
        self._hearing = Hearing(recognisers, self._on_failure, pre_roll_ms=options.pre_roll_ms)
        self._speaking = Speaking(
            self._player, voice, self._on_failure, clock=clock, chunk_deadline_s=options.chunk_deadline_s
        )
        self._transcriber = Transcriber(
            self._hearing,
            clock,
            self._tell_turn,
            self._on_failure,
            deadline_s=options.recognition_deadline_s,
            identifiers=identifiers,
        )
        self._probing = Probing(
            self._turns,
            self._hearing,
            self._player,
            clock,
            act=self._act,
            expect=self._emit,
            on_failure=self._on_failure,
            model=end_of_turn,
            deadline_s=options.recognition_deadline_s,
        )
        self._reactions = self._reacting()
        self._listening = Listening("en")
        self._agent = Input.QUIET
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._on_event: Callable[[MediaEvent], None] | None = None
        self._loop = asyncio.get_running_loop()
        if flight:
            flight.watch(lambda: transport.path)
        self._lost = self._resting = False
        self._resumed_at = 0.0
        self._paused_at = 0.0
        self._untold_turns = 0
        self._recordings = 0
        self._statistics: MediaStatistics | None = None
        self._judge: MachineDetector | None = None

    @property
    def request(self) -> MediaRequest:
        """The ExternalMedia channel that its transport needs."""
        return self._transport.request

    async def attach(self, answer: Mapping[str, str]) -> None:
        """Open the way to the channel that Asterisk has made. Raises `TransportError`."""
        await self._transport.attach(answer)

    def connect(self, on_event: Callable[[MediaEvent], None]) -> None:
        """Start. The first packet leaves at once, so that the way is open in both directions."""
        self._on_event = on_event
        self._transport.start(self._on_frame)
        self._transport.send(None)
        self._ticker.add(self)

    def prepare(self, utterance: Utterance) -> None:
        """Have it rendered ahead."""
        self._speaking.prepare(utterance)

    def say(self, utterance: Utterance) -> None:
        """Queue it; left out (AgentFinished with nothing heard) when far too much is queued."""
        now = self._clock.now()
        if self._flight:
            self._flight.event(utterance)
        try:
            self._speaking.say(utterance)
        except QueueFullError as error:
            self._emit(SpeechFailed(now, "player", str(error)))
            self._emit(AgentFinished(now, utterance.id, "", complete=False))
        self._follow_player(now)

    def begin_answer(self, like: Speech) -> None:
        """Make its voice ready."""
        self._speaking.begin_answer(like)

    def end_answer(self) -> None:
        """All of it was given to be said."""
        self._speaking.end_answer()

    def stop_speaking(self) -> None:
        """Cut what may be cut."""
        self._cut(self._clock.now())

    def play_music(self, path: Path | None) -> None:
        """Play a file over and over (None: a ringing tone) once all that is queued was played."""
        self._speaking.play_music(path)

    def stop_music(self) -> None:
        """End it within a frame."""
        self._player.stop_music()

    @property
    def speaking(self) -> bool:
        """Whether anything is playing or queued, music apart."""
        return self._player.speaking

    @property
    def interruptible(self) -> bool:
        """Whether what is playing may be cut."""
        return self._player.interruptible

    async def drained(self) -> None:
        """Return once the last sample was played, or the leg was closed."""
        await self._quiet.wait()
        await self._transport.drained()

    def listen(self, listening: Listening) -> None:
        """Listen for this from now on."""
        self._listening = listening = self._hearable(listening)
        self._recordings = 0
        self._probing.listen(self._hint)
        expected = self._options.expectation(
            listening, recognised=self._hearing.can(self._hint), judged=self._probing.judges
        )
        now = self._clock.now()
        if listening.afresh:
            self._act(self._turns.forget(now), now)
            self._hearing.forget()
        self._act(self._turns.listen(expected, now), now)

    def _hearable(self, listening: Listening) -> Listening:
        """Numbers are no list: who hears free speech hears them, and the list as likely words; else the list alone."""
        free = Hint(listening.language, (), listening.languages)
        if not listening.numbers or not self._hearing.can(free):
            return listening
        return replace(listening, free=True, phrases=(), words=(*listening.words, *listening.phrases))

    def stop_listening(self) -> None:
        """Hear nothing."""
        now = self._clock.now()
        self._act(self._turns.deafen(now), now)

    def end_turn(self, within_s: float | None = None) -> bool:
        """End the caller's turn now; whether a TurnEnded is still to come, at the latest in so many seconds."""
        now = self._clock.now()
        self._act(self._turns.end_turn(now), now)
        if within_s is not None and self._untold_turns:
            self._loop.call_later(within_s, self._transcriber.stop_recognising)
        return self._untold_turns > 0

    def rest(self) -> None:
        """No audio of the caller's is no loss from now on."""
        self._resting = True
        if self._flight:
            self._flight.note("rest")

    def resume(self) -> None:
        """It is again, counted from now."""
        self._resting = False
        self._resumed_at = self._clock.now()
        if self._flight:
            self._flight.note("resume")

    def pause_recording(self) -> None:
        """Private input begins: the call's recording is silent meanwhile."""
        if self._recorder:
            self._recorder.pause()
        if self._flight:
            self._flight.private = True

    def resume_recording(self) -> None:
        """It is over."""
        if self._recorder:
            self._recorder.resume()
        if self._flight:
            self._flight.private = False

    def restart_silence(self) -> None:
        """The silence clock starts afresh."""
        self._turns.restart_silence(self._clock.now())

    def judge_callee(self, manner: MachineManner | None) -> None:
        """Find out whether a person or a machine answered."""
        self._judge = MachineDetector(self._clock.now(), manner) if manner else None

    async def close(self) -> MediaStatistics:
        """Leave the ticker, free the port, end every task, finish the recording."""
        if self._statistics is None:
            self._ticker.remove(self)
            self._statistics = self._final()
            if self._flight:
                self._flight.note("statistics", **asdict(self._statistics))
            self._hearing.discard()
            self._quiet.set()
            await self._probing.close()
            await self._transcriber.close()
            await self._speaking.close()
            if self._recorder:
                await self._written(self._recorder)
                self._statistics = replace(self._statistics, recording=self._recorder.report())
        return self._statistics

    async def _written(self, recorder: Recorder) -> None:
        """Its file is complete, or the disk too slow to wait for."""
        written = asyncio.Event()
        recorder.close(lambda: self._loop.call_soon_threadsafe(written.set))
        with suppress(TimeoutError):
            async with asyncio.timeout(_RECORDED_WITHIN_S):
                await written.wait()

    def tick(self, now: float) -> None:
        """20 ms: send first, so that the beat on the wire doesn't wait for the rest."""
        agent = self._player.pull()
        self._transport.send(agent)
        if self._agent is not Input.QUIET:
            level = rms(agent) if agent else 0
            self._gate.agent_said(level)
            if self._flight:
                self._flight.agent(level, now)
        caller = self._transport.receive()
        self._hearing.add(caller)
        if self._recorder:
            self._recorder.add(caller, agent)
        if self._agent is not Input.QUIET:
            self._follow_player(now)
        actions = self._turns.tick(now)
        if actions:
            self._act(actions, now)
        if self._judge is not None:
            self._found(self._judge.tick(now))
        self._watch(now)

    def skip(self, frames: int, now: float) -> None:
        """Time passed without ticks: the caller's audio is taken, the agent's waits."""
        self._transport.skip(frames)
        if self._flight:
            self._flight.note("skipped", now, frames=frames)
        for _ in range(frames):
            caller = self._transport.receive()
            self._hearing.add(caller)
            if self._recorder:
                self._recorder.add(caller, None)

    def _on_frame(self, frame: bytes, at: float) -> None:
        level = rms(frame)
        self._gate.came(level)
        loud = self._loud(level)
        voiced = loud and self._vad.is_speech(frame)
        if voiced and self._turns.state is State.TURN:
            self._gate.caller_said(level)
        actions = self._turns.frame(voiced, at, level, loud=loud)
        if actions:
            self._act(actions, at)
        if self._judge is not None:
            self._found(self._judge.frame(frame, voiced, level, at))

    def _found(self, found: tuple[Found, ...]) -> None:
        for event in found:
            self._emit(event)
        if self._judge is not None and self._judge.over:
            self._judge = None

    def _loud(self, level: int) -> bool:
        """Whether a frame of this level may be the caller's."""
        gate = self._gate
        if self._agent is Input.QUIET:
            return level > (gate.within if self._turns.state is State.TURN else gate.floor)
        return gate.over_pause(level) if self._player.paused else gate.over_agent(level)

    def _act(self, actions: Actions, at: float) -> None:
        for action in actions:
            if react := self._reactions.get(action):
                react(at)

    def _reacting(self) -> dict[Action, Callable[[float], None]]:
        """What each action of the turns makes this call do; the clock's are done already."""
        return {
            Action.PAUSE: self._pause,
            Action.RESUME: self._resume,
            Action.CUT: self._barge_in,
            Action.KEEP: lambda _: self._hearing.keep(self._listening.max_turn_ms),
            Action.OPEN: lambda _: self._hearing.open(self._hint),
            Action.BEGIN: lambda _: self._emit(SpeechStarted(self._turns.started_at)),
            Action.PROBE: lambda _: self._probing.ask(),
            Action.CATCH: self._probing.catch,
            Action.TAKE: lambda _: self._take_caught(),
            Action.CLOSE: self._end_turn,
            Action.DISCARD: lambda _: self._hearing.discard(),
            Action.REPORT_SILENCE: self._report_silence,
        }

    def _report_silence(self, at: float) -> None:
        """Who waits to hear what is made of their words is not asked whether they are still there."""
        if self._untold_turns:
            self._turns.restart_silence(at)
        else:
            self._emit(SilenceElapsed(at))

    @property
    def _hint(self) -> Hint | None:
        listening = self._listening
        if not listening.recognise:
            return None
        return Hint(listening.language, listening.phrases, listening.languages, listening.words)

    def _pause(self, at: float) -> None:
        self._player.pause()
        self._transport.flush()
        self._paused_at = at
        self._emit(AgentPaused(at))

    def _resume(self, at: float) -> None:
        if self._player.paused:
            self._player.resume()
            self._emit(AgentResumed(at, self._paused_at))

    def _barge_in(self, at: float) -> None:
        heard = self._cut(at)
        self._emit(BargedIn(at, heard, self._turns.started_at))

    def _cut(self, at: float) -> str:
        """Stop speaking; the text that was heard of what was cut."""
        self._player.cut()
        self._speaking.cut()
        return self._follow_player(at)

    def _follow_player(self, at: float) -> str:
        """Tell what the player did, and the turns what it does now. Gives what was heard of the cut utterances."""
        player = self._player
        cut = []
        for event in player.take_events():
            match event:
                case Started(utterance):
                    self._emit(AgentStarted(at, utterance, self._speaking.ready_at.get(utterance)))
                case Finished(utterance, heard, complete):
                    self._speaking.ready_at.pop(utterance, None)
                    self._emit(AgentFinished(at, utterance, heard, complete))
                    if not complete and heard:
                        cut.append(heard)
        agent = Input.QUIET
        if player.speaking:
            agent = Input.AGENT if player.interruptible else Input.PROTECTED
        if agent is not self._agent:
            self._agent = agent
            if agent is Input.QUIET:
                self._quiet.set()
            else:
                self._quiet.clear()
            self._act(self._turns.agent(agent, at), at)
        return " ".join(cut)

    def _end_turn(self, at: float) -> None:
        turns = self._turns
        self._transcribe(self._hearing.close(turns.started_at, turns.voiced_at, at))

    def _take_caught(self) -> None:
        """A word that was no voice to the detector is a turn all the same."""
        turn, self._probing.caught = self._probing.caught, None
        if turn:
            self._emit(SpeechStarted(turn.started_at))
            self._transcribe(turn)

    def _transcribe(self, turn: HeardTurn) -> None:
        self._untold_turns += 1
        self._emit(TurnClosed(turn.closed_at, turn.voiced_at))
        self._transcriber.take(turn, self._recording_path())

    def _recording_path(self) -> Path | None:
        """Where this turn is kept: a second turn of one question gets a name beside the first's."""
        path = self._listening.record
        if path is None:
            return None
        self._recordings += 1
        return path if self._recordings == 1 else path.with_stem(f"{path.stem}-{self._recordings}")

    def _tell_turn(self, turn: TurnEnded) -> None:
        self._emit(turn)
        self._turns.restart_silence(turn.at)

    def _watch(self, now: float) -> None:
        if self._resting:
            return
        last = self._transport.last_received_at
        silent_s = 0.0 if last is None else now - max(last, self._resumed_at)
        lost = silent_s > self._options.lost_after_s or self._transport.lost
        if lost and not self._lost:
            self._emit(MediaLost(now))
        self._lost = lost

    def _on_failure(self, engine: str, error: Exception) -> None:
        _log.warning("media.engine_failed", engine=engine, error=repr(error))
        self._emit(SpeechFailed(self._clock.now(), engine, str(error) or type(error).__name__))

    def _emit(self, event: MediaEvent) -> None:
        """Through the loop: who hears it may call anything here."""
        if self._flight:
            self._flight.event(event)
        self._loop.call_soon(self._tell, event)

    def _tell(self, event: MediaEvent) -> None:
        if isinstance(event, TurnEnded):
            self._untold_turns -= 1
        if self._on_event and self._statistics is None:
            self._on_event(event)

    def _final(self) -> MediaStatistics:
        counts = self._transport.close()
        return leg_statistics(counts, self._player.underruns, self._transcriber.engines_ms)
