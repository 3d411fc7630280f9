"""Turn-taking: voiced frames and ticks in, actions out, by the table of media/turn/table.py. Pure; times in seconds."""

from __future__ import annotations

from math import inf

from mypy_extensions import mypyc_attr

from media.turn.contest import Contest
from media.turn.endpointing import wait_ms
from media.turn.expectation import Expectation, Manner
from media.turn.heard import Completeness, Heard
from media.turn.masking import Masking
from media.turn.onset import HALF_FRAME_S, Onset
from media.turn.table import TABLE, Action, Input, State
from media.turn.trend import Trend

Actions = tuple[Action, ...]
_NOTHING: Actions = ()


@mypyc_attr(allow_interpreted_subclasses=True)
class TurnTaking:
    """One call's turns."""

    def __init__(self, manner: Manner | None = None) -> None:
        self._manner = manner = manner or Manner()
        self.onset = Onset(manner.start_ms, manner.window_ms)
        self.murmur = Onset(manner.murmur_ms, manner.window_ms)
        """What is loud while nobody is known to speak."""
        self.state = State.DEAF
        self._contest = Contest(manner.contest)
        self._trend = Trend()
        self._masking = Masking()
        self._expected = Expectation()
        self._agent = Input.QUIET
        self._silence_at = inf
        self._asked_at = -1.0
        """The last voiced frame of the pause in which it was asked what was said."""
        self._known = Completeness.NOTHING
        self._probability: float | None = None
        self._answered = False

    @property
    def started_at(self) -> float:
        """When the first voiced frame of the present speech came."""
        short = self.state is State.CONTESTED and not self.onset.active
        return self._contest.stir.started_at if short else self.onset.started_at

    @property
    def voiced_at(self) -> float:
        """When its last voiced frame came."""
        return self.onset.voiced_at

    def listen(self, expected: Expectation, at: float) -> Actions:
        """Listen for this. Speech that goes on already becomes the turn's."""
        self._expected = expected
        self._forget_words()
        if not expected.speech and self.state in (State.TURN, State.CONTESTED):
            return self._step(Input.DEAFEN, at) + self._step(Input.LISTEN, at) + self._step(self._agent, at)
        actions = self._step(Input.LISTEN, at)
        if self.state is not State.TURN:
            actions += self._step(self._agent, at)
            if self.onset.active and expected.speech:
                actions += self._step(Input.SPEECH, at)
        return actions

    def deafen(self, at: float) -> Actions:
        """Listen for nothing."""
        return self._step(Input.DEAFEN, at)

    def forget(self, at: float) -> Actions:
        """Listen for nothing; speech that goes on is none of what comes after."""
        self.onset.end()
        self.murmur.end()
        return self._step(Input.DEAFEN, at)

    def agent(self, doing: Input, at: float) -> Actions:
        """The agent's doing has changed: `Input.AGENT`, `PROTECTED` or `QUIET`.

        Speech over a protected agent that has stopped by now was no turn, though its end silence still runs; nor is
        what was too short for speech.
        """
        before: Actions = ()
        if self.state is State.OVERLAP and self.onset.silent_for(at, self._manner.window_ms):
            before = self._end(at)
        elif self.state is State.CONTESTED and doing is not Input.AGENT and not self.onset.active:
            before = self._relent(at)
        if doing is not self._agent:
            self._contest.end(in_vain=False)
        self._agent = doing
        return before + self._step(doing, at) + self._speech_goes_on(at)

    def frame(self, voiced: bool, at: float, level: int = 0, *, loud: bool = False) -> Actions:
        """A frame came from the caller.

        `level`: its root mean square; `loud`: whether that may be speech though the frame is not `voiced`.
        """
        began = self.onset.frame(voiced, at)
        self._masking.frame(voiced, level)
        if voiced:
            self._trend.voiced(level)
        state = self.state
        if state is State.AGENT or state is State.CONTESTED:
            return self._over_agent(voiced, at)
        if began and self._expected.speech:
            self.murmur.end()
            return self._step(Input.SPEECH, at)
        if self.onset.active:
            return self.tick(at)
        return self._murmured(loud, at) if state is State.WAITING else _NOTHING

    def tick(self, at: float) -> Actions:
        """Time passed: whether or not frames come, turns end and silence elapses."""
        if self.state is State.CONTESTED:
            return self._weigh(at)
        onset = self.onset
        if onset.active:
            if self._pauses(at):
                return self._probe()
            if onset.silent_for(at, self._wait_ms()) or onset.lasts_for(at, self._expected.max_turn_ms):
                return self._end(at)
        if at >= self._silence_at:
            return self._step(Input.TIMEOUT, at)
        return _NOTHING

    def learned(self, heard: Heard, at: float) -> Actions:
        """What was said up to a pause. Old news is left alone."""
        if heard.voiced_at != self.voiced_at:
            return _NOTHING
        self._answered, self._known = True, heard.completeness
        if self.state is State.CONTESTED and heard.claims:
            return self._claim(at)
        return self.tick(at)

    def judged(self, voiced_at: float, probability: float, at: float) -> Actions:
        """How likely it is, by a model, that the caller was done at the pause after `voiced_at`."""
        if voiced_at != self.voiced_at:
            return _NOTHING
        self._probability = probability
        return self.tick(at)

    def ask_again(self) -> None:
        """What was learned is of an earlier pause: this one, if it is one, deserves its own question."""
        self._asked_at = -1.0

    def caught(self, at: float) -> Actions:
        """There were words in what was not certain to be speech."""
        return self._step(Input.WORDS, at)

    def restart_silence(self, at: float) -> None:
        """The silence clock starts afresh, where it may run."""
        self._start_clock(at)

    def end_turn(self, at: float) -> Actions:
        """The caller's turn, if one is under way, is over now (a key ended it)."""
        return self._end(at) if self.state is State.TURN else _NOTHING

    def _over_agent(self, voiced: bool, at: float) -> Actions:
        if not self._expected.speech:
            return _NOTHING
        if self._contest.frame(voiced, at) and self.state is State.AGENT:
            self._forget_words()
            return self._step(Input.VOICE, at)
        return self._weigh(at) if self.state is State.CONTESTED else _NOTHING

    def _weigh(self, at: float) -> Actions:
        """Whose turn is it?"""
        contest, speech = self._contest, self.onset.active
        if contest.claims and speech:
            return self._claim(at)
        if speech and self._pauses(at):
            return self._probe()
        awaiting = speech and self._expected.recognised and not self._answered
        return self._relent(at) if contest.over(at, awaiting=awaiting, speech=speech) else _NOTHING

    def _claim(self, at: float) -> Actions:
        return self._step(Input.CLAIM, at)

    def _relent(self, at: float) -> Actions:
        self.onset.end()
        return self._step(Input.RELENT, at)

    def _speech_goes_on(self, at: float) -> Actions:
        """Speech that was no turn while the agent spoke, and has outlasted what it said."""
        onset = self.onset
        if not onset.active or self.state not in (State.WAITING, State.PROTECTED):
            return _NOTHING
        if onset.silent_for(at, self._manner.window_ms):
            onset.end()
            return _NOTHING
        return self._step(Input.SPEECH, at) if self._expected.speech else _NOTHING

    def _pauses(self, at: float) -> bool:
        """Whether it is time to ask what was said: once a pause, where words can be heard at all."""
        onset = self.onset
        return (
            self._asked_at != onset.voiced_at
            and (self._expected.recognised or self._expected.judged)
            and onset.silent_for(at, self._manner.probe_ms)
            and self.state in (State.TURN, State.CONTESTED)
        )

    def _probe(self) -> Actions:
        self._forget_words()
        self._asked_at = self.onset.voiced_at
        return (Action.PROBE,)

    def _forget_words(self) -> None:
        self._asked_at = -1.0
        self._known, self._probability, self._answered = Completeness.NOTHING, None, False

    def _wait_ms(self) -> float:
        """Silence that ends the turn. Where the words are known to be all, it is of no matter what noise hides."""
        known, probability = Completeness.NOTHING, None
        if self._asked_at == self.onset.voiced_at:
            known, probability = self._known, self._probability
        hidden_ms = 0.0 if known is Completeness.COMPLETE else self._masking.hidden_ms
        return hidden_ms + wait_ms(self._expected.pauses, known, probability, rising=self._trend.rising)

    def _murmured(self, loud: bool, at: float) -> Actions:
        """Something loud is over that was no voice: it may have been a word all the same."""
        murmur = self.murmur
        murmur.frame(loud, at)
        if not murmur.active or not murmur.silent_for(at, self._manner.window_ms):
            return _NOTHING
        murmur.end()
        short = murmur.voiced_at - murmur.started_at <= self._manner.murmur_most_ms / 1000
        wanted = short and self._expected.speech and self._expected.recognised
        return (Action.CATCH,) if wanted else _NOTHING

    def _end(self, at: float) -> Actions:
        self.onset.end()
        self.murmur.end()
        self._trend.forget()
        actions = self._step(Input.END, at)
        return actions + self._step(self._agent, at)

    def _step(self, event: Input, at: float) -> Actions:
        before, (self.state, actions) = self.state, TABLE[self.state][event]
        if before is State.CONTESTED and self.state is not State.CONTESTED:
            self._contest.end(in_vain=event is Input.RELENT)
        for action in actions:
            if action is Action.START_CLOCK:
                self._start_clock(at)
            elif action is Action.STOP_CLOCK:
                self._silence_at = inf
        return actions

    def _start_clock(self, at: float) -> None:
        silence_ms = self._expected.silence_ms
        running = self.state is State.WAITING and silence_ms is not None
        self._silence_at = at + (silence_ms or 0) / 1000 - HALF_FRAME_S if running else inf
