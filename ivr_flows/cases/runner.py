"""Walks a case through its flow, and tells where it went another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ivr_flows.cases.answering import changed, world_of
from ivr_flows.cases.loader import LoadedCase
from ivr_flows.cases.model import WORLD_MOVES, Act, Given, Unfinished
from ivr_flows.commands import Decide
from ivr_flows.events import Decided
from ivr_flows.model import Flow
from ivr_flows.problems import Problem
from ivr_flows.simulator import SimulationError, Simulator
from ivr_flows.spoken import NumberReader, figures_only


@dataclass(frozen=True)
class Result:
    """What came of a case: the call, and its problems (none when it passed)."""

    case: LoadedCase
    call: Simulator
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether all that was expected came."""
        return not self.problems


def begin(flow: Flow, given: Given, numbers: NumberReader = figures_only) -> Simulator:
    """The call that `given` describes, up to its first wait. Raises `InputError`."""
    caller, world = given.caller or "", world_of(given)
    return Simulator(flow, given.inputs or {}, given.language or "", caller=caller, world=world, numbers=numbers)


def perform(call: Simulator, act: Act) -> str:
    """Do one step; what is said upon it. Raises `SimulationError` where the call can't take it."""
    if act.move in WORLD_MOVES:
        call.world = changed(call.world, act)
        return ""
    return _PERFORM[act.move](call, act) if act.move else ""


def _say(call: Simulator, act: Act) -> str:
    heard_in = act.heard_in or ""
    return call.say(act.say or "", act.confidence, recording=act.recording, heard_in=heard_in, **act.guesses)


def _silence(call: Simulator, act: Act) -> str:
    return " ".join(filter(None, [call.silence() for _ in range(act.silence or 0)]))


def _wait(call: Simulator, act: Act) -> str:
    call.pass_time(act.wait or 0)
    return ""


def _hang_up(call: Simulator, act: Act) -> str:
    _ = call.wait
    if isinstance(act.hang_up, Unfinished):
        call.hang_up(act.hang_up.say, recording=act.hang_up.recording)
    else:
        call.hang_up()
    return ""


_PERFORM: Mapping[str, Callable[[Simulator, Act], str]] = {
    "keys": lambda call, act: call.keys(act.keys or ""),
    "say": _say,
    "silence": _silence,
    "wait": _wait,
    "time_up": lambda call, _: call.time_up(),
    "hang_up": _hang_up,
}


def submissions(call: Simulator) -> list[dict[str, object]]:
    """The decisions that were committed: what Jupiter is sent."""
    return [
        {"outcome": passage.asked.outcome, "data": dict(passage.asked.data)}
        for passage in call.passages
        if isinstance(passage.asked, Decide) and isinstance(passage.event, Decided) and passage.event.accepted
    ]


def sent(call: Simulator) -> list[dict[str, object]]:
    """What was submitted; once for each key, however often it was sent."""
    by_key = {fetch.key: fetch for fetch in call.fetches if fetch.key}
    return [{"name": fetch.name, "values": dict(fetch.arguments)} for fetch in by_key.values()]


def run_case(loaded: LoadedCase, numbers: NumberReader = figures_only) -> Result:
    """Walk the case. A step that the call can't take ends it, with the reason. `numbers` reads those that are said."""
    call = begin(loaded.flow, loaded.given, numbers)
    heard, problems = call.greeting, []
    for index, act in enumerate(loaded.case.steps):
        try:
            heard = perform(call, act) if act.move else heard
        except SimulationError as error:
            problems.append(loaded.problem(f"step {index + 1} can't be done: {error}", "steps", index))
            break
        problems += _checked(loaded, call, index, heard)
    else:
        problems += _ended(loaded, call)
    return Result(loaded, call, tuple(problems))


def _checked(loaded: LoadedCase, call: Simulator, index: int, heard: str) -> Iterator[Problem]:
    act = loaded.case.steps[index]
    for word, message in _unheard(act.hears, act.hears_not, heard):
        yield loaded.problem(f"step {index + 1}: {message}", "steps", index, word)
    if act.step and act.step != call.session.step:
        yield loaded.problem(_differs(f"step {index + 1}: step", act.step, call.session.step), "steps", index, "step")


def _unheard(hears: tuple[str, ...], hears_not: tuple[str, ...], heard: str) -> Iterator[tuple[str, str]]:
    for text in hears:
        if text not in heard:
            yield "hears", _differs("the caller hears", f"…{text}…", heard)
    for text in hears_not:
        if text in heard:
            yield "hears_not", _differs("the caller does not hear", f"…{text}…", heard)


def _ended(loaded: LoadedCase, call: Simulator) -> Iterator[Problem]:
    expect = loaded.case.expect
    got = {
        "outcome": call.end.outcome if call.end else None,
        "data": call.end.data if call.end else None,
        "submissions": submissions(call),
        "lookups": [fetch.name for fetch in call.fetches if not fetch.key],
        "sent": sent(call),
        "transfers": [transfer.to for transfer in call.transfers],
        "language": call.session.language,
    }
    for word, value in got.items():
        expected = getattr(expect, word)
        expected = (
            [item.model_dump() for item in expected] if word in ("submissions", "sent") and expected else expected
        )
        if expected is not None and _plain(expected) != _plain(value):
            yield loaded.problem(_differs(word, _plain(expected), _plain(value)), "expect", word)
    if expect.within is not None and call.at_ms > expect.within:
        took = f"{call.at_ms / 1000:.1f} s"
        yield loaded.problem(_differs("within", f"at most {expect.within / 1000:.1f} s", took), "expect", "within")
    whole = " ".join(line.what for line in call.transcript if line.who == "agent")
    for word, message in _unheard(expect.hears, expect.hears_not, whole):
        yield loaded.problem(message, "expect", word)


def _differs(what: str, expected: object, got: object) -> str:
    shown = "the call goes on" if got is None else got if got != "" else "nothing"
    return f"{what}\n    expected  {expected}\n    got       {shown}"


def _plain(value: object) -> object:
    """As YAML holds it: all scalars are text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, int | float | Decimal) else value
