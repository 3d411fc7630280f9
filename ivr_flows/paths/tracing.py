"""What a call took: its paths and ways, told from the passages of a simulated call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ivr_flows.commands import Command, Say, Wait
from ivr_flows.events import Decided, Digit, Failed, Fetched, HungUp, Silence, Speech
from ivr_flows.matching import Candidate, match
from ivr_flows.model import Flow
from ivr_flows.model.steps import DigitsStep, Question
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
    confirming = before.confirming if before.phase is Phase.CONFIRM else ""
    return Way(before.step, confirming, answer) if answer else None


def _passed(before: str, commands: Iterable[Command], after: Session) -> tuple[str, ...]:
    names = [command.id.split(".")[0] for command in commands if isinstance(command, Say)] + [after.step]
    unique = tuple(dict.fromkeys(names))
    return unique[1:] if unique[0] == before else unique


_HOW = {Decided: "committed", Failed: "failed", Fetched: "found", HungUp: "hung up"}


def _how(flow: Flow, passage: Passage) -> str:
    event = passage.event
    if isinstance(event, Decided) and not event.accepted:
        return "refused"
    if isinstance(event, Silence) and not passage.before.typed:
        return "no input"
    return _HOW.get(type(event)) or ("no match" if _not_matched(flow, passage) else "answered")


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
            return "stops typing" if passage.before.typed else "silence"
        case Fetched():
            return "found, then " + (passage.after.beat or "nothing")
        case _:
            return _how(flow, passage)


def _typed(flow: Flow, passage: Passage, digit: str) -> str:
    step = flow.steps[passage.before.step]
    asked = passage.asked
    if isinstance(step, DigitsStep) and (digit.isdigit() or digit == step.digits.ends_with):
        if _not_matched(flow, passage):
            return "types something else"
        return "" if passage.after.typed else "types a number"
    return f"key {digit}" if isinstance(asked, Wait) and digit in asked.keys else "another key"


def _spoken(flow: Flow, passage: Passage, speech: Speech) -> str:
    asked = passage.asked
    if not isinstance(asked, Wait) or asked.free:
        return "speaks"
    heard = match(speech, [Candidate(option.name, option.phrases, 0.0) for option in asked.options])
    if heard is None:
        return "says something else"
    return "says something unsurely" if _not_matched(flow, passage) else f"says {heard.name}"
