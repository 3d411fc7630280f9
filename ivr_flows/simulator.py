"""A call in text, on a virtual clock: keys, speech, silence and hang-ups in; prompts, decisions and the outcome out.

The session passes through its saved form at every wait, as it does when a call is resumed after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ivr_flows.commands import (
    Command,
    Decide,
    End,
    Fetch,
    OptOut,
    Pause,
    Recording,
    Rest,
    Say,
    SayPart,
    SoundFile,
    SpokenText,
    Think,
    ThinkOn,
    Transfer,
    Wait,
)
from ivr_flows.events import (
    Decided,
    Digit,
    Event,
    Failed,
    Fetched,
    Guess,
    HungUp,
    Passed,
    Silence,
    Speech,
    Talked,
    TimeUp,
)
from ivr_flows.interpreter import advance, start
from ivr_flows.model import Flow
from ivr_flows.session import Session
from ivr_flows.spoken import NumberReader, figures_only
from ivr_flows.world import World

MS_PER_LETTER = 65
"""About how long a letter of a prompt takes to be said."""


class SimulationError(RuntimeError):
    """Something was done that the call can't take now; the text says what it waits for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the call: when, who (`agent`, `caller`, `system`, or `whisper` to a person rung), and what."""

    at_ms: int
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at_ms / 1000:7.1f}  {self.who:<7}  {self.what}"


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


def text_of(parts: Iterable[SayPart]) -> str:
    """A prompt, for people."""
    return " ".join(filter(None, map(shown, parts)))


class Simulator:
    """One call. Every method that is the caller's returns what the agent said upon it.

    `longest_ms`: how long it may last where the flow does not say.
    """

    def __init__(
        self,
        flow: Flow,
        inputs: Mapping[str, object],
        language: str = "",
        *,
        caller: str = "",
        world: World | None = None,
        longest_ms: int | None = None,
        numbers: NumberReader = figures_only,
    ) -> None:
        self.flow = flow
        self._numbers = numbers
        self.at_ms = 0
        self.transcript: list[Line] = []
        self.decisions: list[Decide] = []
        self.fetches: list[Fetch] = []
        """Lookups and submissions, in their order; a submission has its key."""
        self.transfers: list[Transfer] = []
        self.opted_out = False
        """Whether the number was put on the do-not-call list."""
        self.passages: list[Passage] = []
        self.end: End | None = None
        self.world = world or World({})
        """What answers from now on; may be changed between two of the caller's moves."""
        self._longest_ms = flow.body.longest.after if flow.body.longest else longest_ms
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

    def say(
        self, text: str, confidence: float = 0.95, *, recording: str | None = None, heard_in: str = "", **guesses: float
    ) -> str:
        """Say something. `guesses` are a mind's: option=confidence; `heard_in` is the language that it was heard in."""
        self._note("caller", f"says {text!r}")
        found = tuple(Guess(option, confidence_of) for option, confidence_of in guesses.items())
        at_ms = self._tick(len(text) * MS_PER_LETTER)
        wants = self._wait is not None and self._wait.numbers
        number, digits = self._numbers(text, heard_in or self.session.language) if wants else ("", "")
        said = Speech(at_ms, text, confidence, found, recording, heard_in, number=number, digits=digits)
        return self._advance(said)

    def unheard(self, recording: str | None = None) -> str:
        """Say something while every recogniser fails."""
        self._note("caller", "says what no recogniser hears")
        return self._advance(Speech(self._tick(1000), "", 0.0, (), recording, unheard=True))

    def silence(self) -> str:
        """Say and press nothing for as long as the call waits."""
        self._note("caller", "is silent")
        return self._advance(Silence(self._tick(self.wait.silence_ms)))

    def hang_up(self, speaking: str | None = None, *, recording: str | None = None) -> End:
        """Hang up; in the midst of speaking, where something is said."""
        self._note("caller", "hangs up" if speaking is None else f"says {speaking!r} and hangs up")
        said = None
        if speaking is not None:
            said = Speech(self._tick(len(speaking) * MS_PER_LETTER), speaking, 0.95, recording=recording)
        self._advance(HungUp(self.at_ms, said))
        if self.end is None:
            raise SimulationError("a hang-up did not end the flow")
        return self.end

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass in which nothing comes: the caller thinks, or has not done speaking."""
        _ = self.wait
        self._tick(milliseconds)

    def time_up(self) -> str:
        """Let the call come to the end of its longest time; without one, it has come now."""
        _ = self.wait
        self.at_ms = max(self.at_ms, self._longest_ms or 0)
        return self._perform(self._call_time())

    def _advance(self, event: Event) -> str:
        if self.end and not isinstance(event, HungUp):
            raise SimulationError(f"the call is over: {self.end}")
        return self._perform(self._deliver(event))

    def _deliver(self, event: Event) -> tuple[Command, ...]:
        """Pass an event on, after word that the time is up, if it is; what that changed, the event is too late for."""
        if self._longest_ms is None or self.at_ms < self._longest_ms or self.session.time_up or self.end:
            return self._pass(event)
        before = self.session
        commands = self._call_time()
        if isinstance(commands[-1], End):
            return commands
        same = (before.step, before.phase) == (self.session.step, self.session.phase)
        return self._pass(event) if same or isinstance(event, HungUp) else commands

    def _call_time(self) -> tuple[Command, ...]:
        self._note("system", "the time is up")
        self._longest_ms = None
        return self._pass(TimeUp(self.at_ms))

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
            commands = self._deliver(answer)

    def _answer(self, command: Command) -> Event | None:
        match command:
            case Wait():
                self._await(command)
            case End():
                self._wait, self.end = None, command
                self._note("system", f"ends with {command.outcome}, {dict(command.data)}")
            case Decide() | OptOut():
                return self._decide(command) if isinstance(command, Decide) else self._opt_out()
            case Fetch():
                return self._fetch(command)
            case Pause():
                return self._rest(command)
            case Think() | ThinkOn():
                return self._think(command)
            case Transfer():
                return self._transfer(command)
            case Say():
                raise SimulationError(f"a batch of commands ends in {command}")
        return None

    def _await(self, wait: Wait) -> None:
        self._wait = wait
        if wait.beep:
            self._note("system", "a tone")

    def _decide(self, command: Decide) -> Event:
        self.decisions.append(command)
        self._note("system", f"decides {command.outcome}, {dict(command.data)}")
        if self.world.accepted is None:
            return Failed(self._tick(5000), "the decision could not be committed")
        return Decided(self._tick(10), self.world.accepted, self.world.canceled)

    def _opt_out(self) -> Event:
        self._note("system", "puts the number on the do-not-call list")
        if self.world.accepted is None:
            return Failed(self._tick(5000), "the opt-out could not be committed")
        self.opted_out = True
        return Decided(self._tick(10), accepted=True)

    def _fetch(self, command: Fetch) -> Event:
        self.fetches.append(command)
        self._note("system", f"{'sends' if command.key else 'looks up'} {command.name} {dict(command.arguments)}")
        answers = self.world.submits if command.key else self.world.lookups
        answering = answers.get(command.name)
        answer = answering(command.arguments) if answering else None
        if answer is None:
            return Failed(self._tick(command.timeout_ms), "no answer")
        return Fetched(self._tick(50), answer)

    def _rest(self, command: Pause) -> Event:
        music = f" with {command.music}" if command.music else ""
        self._note("system", f"waits {command.ms / 1000:g} s{music}")
        return Passed(self._tick(command.ms))

    def _think(self, command: Think | ThinkOn) -> Event:
        if isinstance(command, ThinkOn):
            return Failed(self._tick(0), "nothing more")
        thought = self.world.thoughts(command)
        if thought is None:
            self._note("system", "thinks, and comes to nothing")
            return Failed(self._tick(command.timeout_ms), "no thought")
        self._note("system", f"thinks that {thought.exit} is meant" if thought.exit else "thinks")
        return replace(thought, at_ms=self._tick(min(800, command.timeout_ms)))

    def _transfer(self, command: Transfer) -> Event:
        self.transfers.append(command)
        music = f" with {command.music}" if command.music else ""
        self._note("system", f"rings {command.to}{music}")
        came = self.world.transfers(command)
        if isinstance(came, Failed):
            self._note("system", f"nobody takes the call: {came.reason}")
            return replace(came, at_ms=self._tick(command.ring_ms))
        self._tick(min(5000, command.ring_ms))
        if command.whisper:
            self._note("whisper", text_of(command.whisper))
        talked_ms = min(came.talked_ms, command.longest_ms)
        self._note("system", f"they talk for {talked_ms / 1000:g} s")
        return Talked(self._tick(talked_ms), talked_ms)

    def _speak(self, say: Say) -> str:
        text = text_of(say.parts)
        self._note("agent", text)
        self._tick(len(text) * MS_PER_LETTER + sum(part.ms for part in say.parts if isinstance(part, Rest)))
        return text

    def _tick(self, milliseconds: int) -> int:
        self.at_ms += milliseconds
        return self.at_ms

    def _note(self, who: str, what: str) -> None:
        self.transcript.append(Line(self.at_ms, who, what))
