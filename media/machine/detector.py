"""Judges who answered, frame by frame, by the table of media/machine/table.py. Pure; times in seconds."""

from __future__ import annotations

from media.machine.greeting import Greeting
from media.machine.manner import BEFORE_SPEAKING, MachineManner
from media.machine.signals import Signals
from media.machine.table import TABLE, Sign, Stage, Tell
from media.machine.tones import Tone, Tones
from media.machine.verdict import Because, Callee, CalleeJudged, Found, GreetingOver

_NOTHING: tuple[Found, ...] = ()
_ANY_BEEP_DB = 20.0
"""How much weaker than a machine's greeting its beep is at most."""
_LONGEST_BEEP_MS = 1000
"""A pause in which a tone sounds is judged when it is known whether that was a beep, or so much later."""


class MachineDetector:
    """One call's, from its answer on."""

    def __init__(self, answered_at: float, manner: MachineManner = BEFORE_SPEAKING) -> None:
        self._manner = manner
        self._answered_at = answered_at
        self._stage = Stage.WAITING
        self._stage_since = answered_at
        self._heard_at = answered_at
        """The last moment at which a machine was heard."""
        self._greeting = Greeting(manner)
        self._tones = Tones()
        self._signals = Signals()
        self._beep: Tone | None = None
        """What is a beep, should silence follow."""
        self._spoken_ms = 0.0
        """Speech before the greeting that goes on."""

    @property
    def over(self) -> bool:
        """Whether nothing more will be told."""
        return self._stage is Stage.OVER

    def frame(self, samples: bytes, voiced: bool, level: int, at: float) -> tuple[Found, ...]:
        """Take 20 ms of 16-bit 8 kHz audio, whether they are voiced, and their root mean square."""
        ended = self._tones.frame(samples, level, at)
        told = self._toned(ended, at) if ended else _NOTHING
        begun = self._greeting.frame(voiced and not self._tones.sounding, level, at)
        if begun:
            told += self._step(Sign.SPEECH, at)
        return told + self.tick(at)

    def tick(self, at: float) -> tuple[Found, ...]:
        """Time passed; cheap, for every 20 ms, whether a frame came or not."""
        told = _NOTHING
        if self._tones.silent_since(at) and (ended := self._tones.end()):
            told += self._toned(ended, at)
        told += self._listen(at)
        return told + self._wait(at)

    def _toned(self, tone: Tone, at: float) -> tuple[Found, ...]:
        """A tone is over."""
        if because := self._signals.hear(tone):
            return self._step(Sign.SIGNAL, at, because)
        if self._beeps(tone):
            self._beep = tone
        if self._stage is Stage.MACHINE:
            self._heard_at = max(self._heard_at, tone.ended_at)
        return _NOTHING

    def _beeps(self, tone: Tone) -> bool:
        manner = self._manner
        known = self._stage is Stage.MACHINE
        below_db = _ANY_BEEP_DB if known else manner.beep_below_db
        spoken = known or self._spoken_ms + self._greeting.ms() >= manner.proof_speech_ms
        return (
            spoken
            and tone.ms >= (manner.beep_ms if known else manner.proof_ms) - 10
            and manner.beep_low_hz <= tone.hertz <= manner.beep_high_hz
            and tone.level >= self._greeting.loudest * 10 ** (-below_db / 20)
        )

    def _listen(self, at: float) -> tuple[Found, ...]:
        """What the speech, or its end, says."""
        manner, greeting = self._manner, self._greeting
        if self._beep and at - self._beep.ended_at >= manner.beep_rest_ms / 1000:
            beep, self._beep = self._beep, None
            if not greeting.spoken_since(beep.ended_at):
                return self._step(Sign.BEEP, at, Because.BEEP, beep.ended_at)
        if not greeting.active:
            return _NOTHING
        if self._stage is Stage.MACHINE:
            self._heard_at = max(self._heard_at, greeting.voiced_at)
        if greeting.lasts(manner.long_ms if self._stage is Stage.GREETING else manner.monologue_ms, manner.dense):
            return self._step(Sign.LONG, at, Because.LONG_GREETING)
        tone_ms = _LONGEST_BEEP_MS if self._beep or self._tones.sounding else 0
        if self._stage is Stage.GREETING and greeting.paused(at, manner.pause_ms + tone_ms):
            short = greeting.ms() <= manner.short_most_ms
            if short:
                return self._step(Sign.SHORT, at, Because.SHORT_GREETING)
            return self._step(Sign.MIDDLING, at, Because.MIDDLING_GREETING)
        if self._stage is not Stage.GREETING and greeting.paused(at, manner.rest_ms):
            self._spoken_ms += greeting.ms()
            greeting.end()
        return _NOTHING

    def _wait(self, at: float) -> tuple[Found, ...]:
        """What time alone says."""
        manner = self._manner
        match self._stage:
            case Stage.WAITING if at - self._answered_at >= manner.silent_ms / 1000:
                return self._step(Sign.MUTE, at, Because.NOBODY_SPOKE)
            case Stage.GREETING if not self._greeting.active and at - self._stage_since >= manner.silent_ms / 1000:
                return self._step(Sign.MUTE, at, Because.NOBODY_SPOKE)
            case Stage.WATCHING if at - self._answered_at >= manner.watch_ms / 1000:
                return () if self._greeting.active else self._step(Sign.DUE, at)
            case Stage.MACHINE if at - self._heard_at >= manner.quiet_ms / 1000:
                return self._step(Sign.QUIET, at)
            case Stage.MACHINE if at - self._stage_since >= manner.greeting_most_ms / 1000:
                return self._step(Sign.DUE, at)
            case _:
                return _NOTHING

    def _step(
        self, sign: Sign, at: float, because: Because = Because.NOBODY_SPOKE, beep_at: float | None = None
    ) -> tuple[Found, ...]:
        before, (self._stage, tells) = self._stage, TABLE[self._stage, sign]
        if self._stage is not before:
            self._stage_since = self._heard_at = at
        return tuple(self._told(tell, at, because, beep_at) for tell in tells)

    def _told(self, tell: Tell, at: float, because: Because, beep_at: float | None) -> Found:
        if tell is Tell.GREETING_OVER:
            return GreetingOver(at, beep_at)
        callee = {Tell.HUMAN: Callee.HUMAN, Tell.DOUBT: Callee.UNKNOWN, Tell.MACHINE: Callee.MACHINE}[tell]
        return CalleeJudged(at, callee, because, round(self._spoken_ms + self._greeting.ms()))
