"""A call tried by hand: lines in, what happens out; with a way back, and a record as a test case.

It reads no terminal and no clock: a shell gives it lines and shows what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from ivr_flows.cases.model import WORLD_MOVES, Act, Given, Unfinished
from ivr_flows.cases.runner import begin, perform
from ivr_flows.cases.writing import case_text
from ivr_flows.commands import Wait
from ivr_flows.model import Flow
from ivr_flows.simulator import Line, SimulationError, Simulator
from ivr_flows.spoken import NumberReader, figures_only

HELP = """keys such as 1 or 4321#     are pressed
any other text              is said (say TEXT: even if it begins with a word of this list)
unsure TEXT                 is said, and not heard well
heard in hi TEXT            is said, and heard in that language
silence [N]                 nothing, for one wait or N of them
wait 9m                     so much time passes before the next of these
time up                     the call comes to the end of its longest time
hang up                     ends the call
hang up saying TEXT         ends it in the midst of a word
decision refused            what becomes of decisions from now on: accepted, refused, canceled or failed
lookup NAME failed          what a lookup gives from now on: failed, or FIELD=VALUE …
submit NAME taken           what becomes of a submission from now on: taken, failed, or FIELD=VALUE …
transfer busy               what becomes of transfers from now on: talked, busy, no_answer or declined
thought TEXT                what the mind answers from now on: a text,
thought exit NAME           or the exit that is meant,
thought failed              or nothing
back                        undoes the last of these
replay                      shows the call from its beginning
state                       shows the step, the variables and what is waited for
quit                        leaves"""
_UNSURE = 0.3


class LineError(ValueError):
    """A line that can't be taken; the text says what was expected."""


def read_act(line: str) -> Act:
    """What a line means. Raises `LineError`."""
    text = line.strip()
    word, _, rest = text.partition(" ")
    if re.fullmatch(r"[0-9*#]{1,40}", text):
        return Act(keys=text)
    if bare := _BARE.get(text):
        return bare
    if found := _SAYING.fullmatch(text):
        return Act(hang_up=Unfinished(say=found[1]))
    if found := _HEARD_IN.fullmatch(text):
        return _checked("a language of hi, mr and en", heard_in=found[1], say=found[2])
    if reader := _READERS.get(word):
        return reader(rest.strip())
    return Act(say=text)


def read_answer(line: str) -> Act:
    """What a line says of the world's answers, and nothing else. Raises `LineError`."""
    act = read_act(line)
    if act.move not in WORLD_MOVES:
        raise LineError(f"expected decision, lookup, submit, transfer or thought, and what it gives; got {line!r}")
    return act


def _checked(expected: str, **values: object) -> Act:
    try:
        return Act.model_validate(values)
    except ValidationError as error:
        got = next(iter(values.values()))
        raise LineError(f"expected {expected}; got {got!r}") from error


def _silence(rest: str) -> Act:
    if not re.fullmatch(r"[1-9][0-9]?|", rest):
        raise LineError(f"expected silence, or silence and a number up to 99; got {rest!r}")
    return Act(silence=int(rest or "1"))


def _answers(word: str, usual: str) -> Callable[[str], Act]:
    """A reader of NAME and what it gives: one of the `usual` words, or fields."""

    def read(rest: str) -> Act:
        name, *answers = rest.split() or [""]
        if len(answers) == 1 and answers[0] in usual.split():
            return _checked(f"a name in small letters after {word}", **{word: {name: answers[0]}})
        fields = dict(answer.partition("=")[::2] for answer in answers if "=" in answer)
        if not answers or len(fields) < len(answers):
            ways = ", ".join(f"{word} NAME {each}" for each in usual.split())
            raise LineError(f"expected {ways}, or {word} NAME FIELD=VALUE …; got {rest!r}")
        return _checked(f"names in small letters after {word}", **{word: {name: fields}})

    return read


def _thought(rest: str) -> Act:
    if rest == "failed":
        return Act(thought="failed")
    word, _, name = rest.partition(" ")
    idea = {"exit": name.strip()} if word == "exit" else {"text": rest}
    return _checked("thought TEXT, thought exit NAME, or thought failed", thought=idea)


_BARE: Mapping[str, Act] = {
    **dict.fromkeys(("hang up", "hang_up"), Act(hang_up=True)),
    **dict.fromkeys(("time up", "time_up"), Act(time_up=True)),
}
_SAYING = re.compile(r"hang[ _]up saying (.+)")
_HEARD_IN = re.compile(r"heard in (\S+) (.+)")
_READERS: Mapping[str, Callable[[str], Act]] = {
    "say": lambda rest: Act(say=rest),
    "unsure": lambda rest: Act(say=rest, confidence=_UNSURE),
    "silence": _silence,
    "wait": lambda rest: _checked("wait and a time, such as 9m, from 1s to 2h", wait=rest),
    "decision": lambda rest: _checked("decision accepted, refused, canceled or failed", decision=rest),
    "transfer": lambda rest: _checked("transfer talked, busy, no_answer or declined", transfer=rest),
    "lookup": _answers("lookup", "failed"),
    "submit": _answers("submit", "taken failed"),
    "thought": _thought,
}


class Trial:
    """One call, and the moves made in it. Raises `InputError` for what the flow can't begin with."""

    def __init__(self, flow: Flow, given: Given, numbers: NumberReader = figures_only) -> None:
        self.flow = flow
        self.given = given
        self.acts: list[Act] = []
        self._numbers = numbers
        self.call = begin(flow, given, numbers)

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.call.end is not None

    def do(self, act: Act) -> list[Line]:
        """Make a move; what happens upon it. Raises `SimulationError`, the call as it was before."""
        seen = len(self.call.transcript)
        try:
            perform(self.call, act)
        except SimulationError:
            self._rebuild()
            raise
        self.acts.append(act)
        return self.call.transcript[seen:]

    def back(self) -> list[Line]:
        """Undo the last move; the call up to there. At the beginning it stays there."""
        del self.acts[-1:]
        self._rebuild()
        return self.call.transcript

    def state(self) -> str:
        """The step, the variables, the time, and what is waited for."""
        session = self.call.session
        values = ", ".join(f"{name}={value}" for name, value in session.values.items()) or "none"
        return (
            f"{self.call.at_ms / 1000:.1f} s, step {session.step} ({session.phase}), {session.language}; "
            f"variables: {values}; {_waits(self.call)}"
        )

    def recorded(self, name: str) -> str:
        """The call as a test case, under `cases:`."""
        return case_text(name, self.flow.name, self.given, self.acts, self.call)

    def _rebuild(self) -> None:
        self.call = begin(self.flow, self.given, self._numbers)
        for act in self.acts:
            perform(self.call, act)


def _waits(call: Simulator) -> str:
    if call.end:
        return f"ended: {call.end.outcome}"
    wait: Wait = call.wait
    said = ", ".join(option.name for option in wait.options) or ("anything" if wait.free else "nothing")
    return f"keys: {wait.keys or 'none'}; can be said: {said}; silence: {wait.silence_ms / 1000:g} s"
