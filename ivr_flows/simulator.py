"""A call in text, on a virtual clock: keys, speech, silence and hang-ups in; prompts, decisions and the outcome out.

The session passes through its saved form at every wait, as it does when a call is resumed after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr_flows.commands import Command, Decide, End, Fetch, Recording, Rest, Say, SayPart, SoundFile, SpokenText, Wait
from ivr_flows.events import Decided, Digit, Event, Failed, Fetched, Guess, HungUp, Silence, Speech
from ivr_flows.interpreter import advance, start
from ivr_flows.model import Flow
from ivr_flows.session import Session

MS_PER_LETTER = 65
"""About how long a letter of a prompt takes to be said."""

Lookup = Callable[[Mapping[str, object]], Mapping[str, object] | None]
"""Arguments → the answer's fields, or None for a failure."""


class SimulationError(RuntimeError):
    """Something was done that the call can't take now; the text says what it waits for."""


@dataclass(frozen=True, slots=True)
class World:
    """What answers the flow. `accepted` is the answer to its decisions, None when they can't be committed."""

    lookups: Mapping[str, Lookup]
    accepted: bool | None = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the call: when, who (`agent`, `caller` or `system`), and what."""

    at_ms: int
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at_ms / 1000:7.1f}  {self.who:<6}  {self.what}"


@dataclass(frozen=True, slots=True)
class Passage:
    """One event on its way through the flow: where it came, what it answered, and what came of it."""

    before: Session
    asked: Command
    event: Event
    after: Session
    commands: tuple[Command, ...]


def shown(part: SayPart) -> str:
    """A part of a prompt, for people."""
    match part:
        case SpokenText():
            return part.text
        case SoundFile():
            return part.path
        case Recording():
            return f"({part.name})"
        case Rest():
            return ""


class Simulator:
    """One call. Every method that is the caller's returns what the agent said upon it."""

    def __init__(
        self,
        flow: Flow,
        inputs: Mapping[str, object],
        language: str = "",
        *,
        caller: str = "",
        world: World | None = None,
    ) -> None:
        self.flow = flow
        self.at_ms = 0
        self.transcript: list[Line] = []
        self.decisions: list[Decide] = []
        self.fetches: list[Fetch] = []
        self.passages: list[Passage] = []
        self.end: End | None = None
        self.world = world or World({})
        """What answers from now on; may be changed between two of the caller's moves."""
        self._wait: Wait | None = None
        self.session, commands = start(flow, inputs, language, caller=caller)
        self.began = self.session, commands
        """The session and the commands that the call began with."""
        self._asked = commands[-1]
        self.greeting = self._perform(commands)

    @property
    def wait(self) -> Wait:
        """What the call waits for. Raises `SimulationError` when it is over."""
        if self._wait is None:
            raise SimulationError(f"the call is over: {self.end}")
        return self._wait

    def keys(self, keys: str) -> str:
        """Press keys, one after the other."""
        said = []
        for digit in keys:
            self._note("caller", f"presses {digit}")
            said.append(self._advance(Digit(self._tick(300), digit)))
        return " ".join(filter(None, said))

    def say(self, text: str, confidence: float = 0.95, *, recording: str | None = None, **guesses: float) -> str:
        """Say something. `guesses` are a mind's: option=confidence."""
        self._note("caller", f"says {text!r}")
        found = tuple(Guess(option, confidence_of) for option, confidence_of in guesses.items())
        return self._advance(Speech(self._tick(len(text) * MS_PER_LETTER), text, confidence, found, recording))

    def silence(self) -> str:
        """Say and press nothing for as long as the call waits."""
        self._note("caller", "is silent")
        return self._advance(Silence(self._tick(self.wait.silence_ms)))

    def hang_up(self) -> End:
        """Hang up."""
        self._note("caller", "hangs up")
        self._advance(HungUp(self.at_ms))
        if self.end is None:
            raise SimulationError("a hang-up did not end the flow")
        return self.end

    def _advance(self, event: Event) -> str:
        if not isinstance(event, HungUp) and self.end:
            raise SimulationError(f"the call is over: {self.end}")
        return self._perform(self._pass(event))

    def _pass(self, event: Event) -> tuple[Command, ...]:
        before = self.session
        self.session, commands = advance(self.flow, Session.from_json(before.to_json()), event)
        self.passages.append(Passage(before, self._asked, event, self.session, commands))
        self._asked = commands[-1]
        return commands

    def _perform(self, commands: tuple[Command, ...]) -> str:
        said: list[str] = []
        while True:
            said += [self._speak(command) for command in commands if isinstance(command, Say)]
            answer = self._answer(commands[-1])
            if answer is None:
                return " ".join(said)
            commands = self._pass(answer)

    def _answer(self, command: Command) -> Event | None:
        match command:
            case Wait():
                self._wait = command
            case End():
                self._wait, self.end = None, command
                self._note("system", f"ends with {command.outcome}, {dict(command.data)}")
            case Decide():
                return self._decide(command)
            case Fetch():
                return self._fetch(command)
            case Say():
                raise SimulationError(f"a batch of commands ends in {command}")
        return None

    def _decide(self, command: Decide) -> Event:
        self.decisions.append(command)
        self._note("system", f"decides {command.outcome}, {dict(command.data)}")
        if self.world.accepted is None:
            return Failed(self._tick(5000), "the decision could not be committed")
        return Decided(self._tick(10), self.world.accepted)

    def _fetch(self, command: Fetch) -> Event:
        self.fetches.append(command)
        self._note("system", f"looks up {command.name} {dict(command.arguments)}")
        lookup = self.world.lookups.get(command.name)
        answer = lookup(command.arguments) if lookup else None
        if answer is None:
            return Failed(self._tick(command.timeout_ms), "no answer")
        return Fetched(self._tick(50), answer)

    def _speak(self, say: Say) -> str:
        text = " ".join(filter(None, (shown(part) for part in say.parts)))
        self._note("agent", text)
        self._tick(len(text) * MS_PER_LETTER)
        return text

    def _tick(self, milliseconds: int) -> int:
        self.at_ms += milliseconds
        return self.at_ms

    def _note(self, who: str, what: str) -> None:
        self.transcript.append(Line(self.at_ms, who, what))
