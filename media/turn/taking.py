"""Turn-taking: voiced frames and ticks in, actions out, by the table of media/turn/table.py. Pure; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from media.turn.onset import HALF_FRAME_S, Onset
from media.turn.table import TABLE, Action, Input, State

Actions = tuple[Action, ...]
_NOTHING: Actions = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is listened for, as far as it concerns time."""

    speech: bool = True
    """Whether speech is an answer at all: without it there are neither turns nor barge-in."""
    silence_ms: int | None = None
    end_silence_ms: int = 700
    max_turn_ms: int = 15_000


class TurnTaking:
    """One call's turns.

    Barge-in has one stage here (speech confirmed cuts the agent); a second one, that hears words before it yields, goes
    between `Onset` and the table.
    """

    def __init__(self, start_ms: int = 120, window_ms: int = 200) -> None:
        self.onset = Onset(start_ms, window_ms)
        self._window_ms = window_ms
        self.state = State.DEAF
        self._expected = Expectation()
        self._agent = Input.QUIET
        self._silence_at = inf

    def listen(self, expected: Expectation, at: float) -> Actions:
        """Listen for this. Speech that goes on already becomes the turn's."""
        self._expected = expected
        actions = self._step(Input.LISTEN, at)
        if self.state is not State.TURN:
            actions += self._step(self._agent, at)
            if self.onset.active and expected.speech:
                actions += self._step(Input.SPEECH, at)
        elif not expected.speech:
            actions = self._step(Input.DEAFEN, at) + self._step(Input.LISTEN, at) + self._step(self._agent, at)
        return actions

    def deafen(self, at: float) -> Actions:
        """Listen for nothing."""
        return self._step(Input.DEAFEN, at)

    def forget(self, at: float) -> Actions:
        """Listen for nothing; speech that goes on is none of what comes after."""
        self.onset.end()
        return self._step(Input.DEAFEN, at)

    def agent(self, doing: Input, at: float) -> Actions:
        """The agent's doing has changed: `Input.AGENT`, `PROTECTED` or `QUIET`.

        Speech over a protected agent that has stopped by now was no turn, though its end silence still runs.
        """
        before: Actions = ()
        if self.state is State.OVERLAP and self.onset.silent_for(at, self._window_ms):
            before = self._end(at)
        self._agent = doing
        return before + self._step(doing, at)

    def frame(self, voiced: bool, at: float) -> Actions:
        """A frame came from the caller."""
        if self.onset.frame(voiced, at) and self._expected.speech:
            return self._step(Input.SPEECH, at)
        return self.tick(at) if self.onset.active else _NOTHING

    def tick(self, at: float) -> Actions:
        """Time passed: whether or not frames come, turns end and silence elapses."""
        onset, expected = self.onset, self._expected
        if onset.active and (
            onset.silent_for(at, expected.end_silence_ms) or onset.lasts_for(at, expected.max_turn_ms)
        ):
            return self._end(at)
        if at >= self._silence_at:
            return self._step(Input.TIMEOUT, at)
        return _NOTHING

    def restart_silence(self, at: float) -> None:
        """The silence clock starts afresh, where it may run."""
        self._start_clock(at)

    def end_turn(self, at: float) -> Actions:
        """The caller's turn, if one is under way, is over now (a key ended it)."""
        return self._end(at) if self.state is State.TURN else _NOTHING

    def _end(self, at: float) -> Actions:
        self.onset.end()
        actions = self._step(Input.END, at)
        return actions + self._step(self._agent, at)

    def _step(self, event: Input, at: float) -> Actions:
        self.state, actions = TABLE[self.state][event]
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
