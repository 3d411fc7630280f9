"""What a call took: its paths and ways, told from the passages of a simulated call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr_flows.commands import Command, Fetch, Say, Wait
from ivr_flows.events import (
    Canceled,
    Decided,
    Digit,
    Dismissed,
    Failed,
    Fetched,
    HungUp,
    LanguageAsked,
    Passed,
    Silence,
    Speech,
    Talked,
    Thought,
    TimeUp,
    TransferAsked,
)
from ivr_flows.matching import Candidate, match
from ivr_flows.model import Flow
from ivr_flows.model.steps import ConverseStep, DigitsStep, Question
from ivr_flows.model.steps.conversing import FACT
from ivr_flows.session import Phase, Session
from ivr_flows.simulator import Passage


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """From one wait to the next step's: how it was left, and the steps passed up to the one that waits or ends."""

    how: str
    steps: tuple[str, ...]
    outcome: str = ""

    def __str__(self) -> str:
        on = " > ".join(self.steps)
        end = f"= {self.outcome}" if self.outcome else ""
        return " ".join(filter(None, ((f"({self.how}) >" if on else f"({self.how})") if self.how else "", on, end)))


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """One answer at one step; `confirming` is the option that is being asked back."""

    step: str
    confirming: str
    answer: str

    def __str__(self) -> str:
        asked_back = f" (asked back: {self.confirming})" if self.confirming else ""
        return f"{self.step}{asked_back}: {self.answer}"


def shown(path: Path) -> str:
    """A path for people."""
    return " ".join(map(str, path))


def beginning(session: Session, commands: Iterable[Command]) -> Hop:
    """The hop that a call begins with."""
    return Hop("", _passed("", commands, session), session.outcome)


def hop(flow: Flow, passage: Passage) -> Hop | None:
    """How the call went on to another step or its end; None while it stays where it is."""
    before, after = passage.before, passage.after
    ended = after.phase is Phase.ENDED
    if after.step == before.step and not ended:
        return None
    return Hop(_how(flow, passage), _passed(before.step, passage.commands, after), after.outcome if ended else "")


def paths_of(start: Hop, hops: Iterable[Hop]) -> Iterator[Path]:
    """The paths that a call walks: loops are cut out, each a path of its own."""
    path: list[Hop] = [start]
    visited = [start.steps[-1]]
    for taken in hops:
        path.append(taken)
        at = taken.steps[-1] if taken.steps else ""
        if taken.outcome:
            yield tuple(path)
        elif at in visited:
            yield tuple(path)
            del path[visited.index(at) + 1 :], visited[visited.index(at) + 1 :]
        else:
            visited.append(at)


def way(flow: Flow, passage: Passage) -> Way | None:
    """The answer that was given; None for one digit of several."""
    before = passage.before
    answer = _answer(flow, passage)
    confirming = (before.confirming or "the answer") if before.phase is Phase.CONFIRM else ""
    return Way(before.step, confirming, answer) if answer else None


def _passed(before: str, commands: Iterable[Command], after: Session) -> tuple[str, ...]:
    names = [command.id.split(".")[0] for command in commands if isinstance(command, Say)] + [after.step]
    unique = tuple(dict.fromkeys(names))
    return unique[1:] if unique[0] == before else unique


_HOW: Mapping[type[object], str] = {
    Decided: "committed",
    Failed: "failed",
    Fetched: "found",
    HungUp: "hung up",
    Passed: "passed",
    Talked: "talked",
    TimeUp: "time up",
    Canceled: "canceled",
    Dismissed: "ended",
    LanguageAsked: "language",
    TransferAsked: "handed over",
}


def _how(flow: Flow, passage: Passage) -> str:
    match passage.event:
        case Decided(canceled=True):
            return "canceled"
        case Decided(accepted=False):
            return "refused"
        case Fetched() if isinstance(passage.asked, Fetch) and passage.asked.key:
            return "taken"
        case Silence() if not _typing(passage):
            return "no input"
        case event:
            return _HOW.get(type(event)) or ("no match" if _not_matched(flow, passage) else "answered")


def _typing(passage: Passage) -> bool:
    """Whether an entry was under way."""
    return bool(passage.before.typed) and passage.before.phase is Phase.ANSWER


def _not_matched(flow: Flow, passage: Passage) -> bool:
    """Whether the answer meant nothing: it was counted, or was the last of the tries."""
    before, after = passage.before, passage.after
    step = flow.steps[before.step]
    if after.step == before.step and after.no_match > before.no_match:
        return True
    if not isinstance(step, Question):
        return False
    usual = flow.body.no_match
    last = before.no_match + 1 >= (step.no_match.tries or usual.tries or 3)
    return last and after.beat == (step.no_match.then or usual.then or flow.body.gives_up)


def _answer(flow: Flow, passage: Passage) -> str:
    match passage.event:
        case Digit(digit=digit):
            return _typed(flow, passage, digit)
        case Speech() as speech:
            return _spoken(flow, passage, speech)
        case Silence():
            return "stops typing" if _typing(passage) else "silence"
        case Fetched():
            return f"{_how(flow, passage)}, then {passage.after.beat or 'nothing'}"
        case Thought() as thought:
            return _thought(flow, passage, thought)
        case event:
            speaking = isinstance(event, HungUp) and event.speech
            return _how(flow, passage) + (" while speaking" if speaking else "")


def _typed(flow: Flow, passage: Passage, digit: str) -> str:
    step, asked, after = flow.steps[passage.before.step], passage.asked, passage.after
    entry = step.digits if isinstance(step, DigitsStep) and passage.before.phase is Phase.ANSWER else None
    if entry and (digit.isdigit() or digit == entry.ends_with):
        if _not_matched(flow, passage):
            return "types something else"
        return "" if after.typed and after.phase is Phase.ANSWER else "types a number"
    return f"key {digit}" if isinstance(asked, Wait) and digit in asked.keys else "another key"


def _spoken(flow: Flow, passage: Passage, speech: Speech) -> str:
    asked = passage.asked
    if not isinstance(asked, Wait):
        return "speaks"
    heard = match(speech, [Candidate(option.name, option.phrases, 0.0) for option in asked.options])
    if heard is None:
        if speech.language in asked.detect:
            return f"speaks {speech.language}"
        return "speaks" if asked.free and (speech.text or asked.record) else "says something else"
    if heard.name.startswith(FACT):
        return f"asks {heard.name.removeprefix(FACT)}"
    return "says something unsurely" if _not_matched(flow, passage) else f"says {heard.name}"


def _thought(flow: Flow, passage: Passage, thought: Thought) -> str:
    if not thought.exit:
        return "is answered"
    step = flow.steps[passage.before.step]
    exits = step.converse.exits if isinstance(step, ConverseStep) else {}
    least = (exits[thought.exit].confidence if thought.exit in exits else None) or flow.body.confidence
    return f"is taken to mean {thought.exit}" + (", unsurely" if thought.confidence < least else "")
