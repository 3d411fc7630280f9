"""A call tried by hand: lines in, what happens out; with a way back, and a record as a test case.

It reads no terminal and no clock: a shell gives it lines and shows what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ivr_flows.cases.model import Act, Given
from ivr_flows.cases.runner import begin, perform
from ivr_flows.cases.writing import case_text
from ivr_flows.commands import Wait
from ivr_flows.model import Flow
from ivr_flows.simulator import Line, SimulationError, Simulator

HELP = """keys such as 1 or 4321#     are pressed
any other text              is said (say TEXT: even if it is a word of this list)
unsure TEXT                 is said, and not heard well
silence [N]                 nothing, for one wait or N of them
hang up                     ends the call
decision refused            what becomes of decisions from now on: accepted, refused or failed
lookup NAME failed          what a lookup gives from now on: failed, or FIELD=VALUE …
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
    if reader := _READERS.get(word):
        return reader(rest.strip())
    return Act(hang_up=True) if text in ("hang up", "hang_up") else Act(say=text)


def _silence(rest: str) -> Act:
    if not re.fullmatch(r"[1-9][0-9]?|", rest):
        raise LineError(f"expected silence, or silence and a number up to 99; got {rest!r}")
    return Act(silence=int(rest or "1"))


def _decision(rest: str) -> Act:
    match rest:
        case "accepted" | "refused" | "failed":
            return Act(decision=rest)
        case _:
            raise LineError(f"expected decision accepted, refused or failed; got {rest!r}")


def _lookup(rest: str) -> Act:
    name, *answers = rest.split()
    if answers == ["failed"]:
        return Act(lookup={name: "failed"})
    fields = dict(answer.partition("=")[::2] for answer in answers if "=" in answer)
    if not answers or len(fields) < len(answers):
        raise LineError(f"expected lookup NAME failed, or lookup NAME FIELD=VALUE …; got {rest!r}")
    return Act(lookup={name: fields})


_READERS: Mapping[str, Callable[[str], Act]] = {
    "say": lambda rest: Act(say=rest),
    "unsure": lambda rest: Act(say=rest, confidence=_UNSURE),
    "silence": _silence,
    "decision": _decision,
    "lookup": _lookup,
}


class Trial:
    """One call, and the moves made in it. Raises `InputError` for what the flow can't begin with."""

    def __init__(self, flow: Flow, given: Given) -> None:
        self.flow = flow
        self.given = given
        self.acts: list[Act] = []
        self.call = begin(flow, given)

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
        self.call = begin(self.flow, self.given)
        for act in self.acts:
            perform(self.call, act)


def _waits(call: Simulator) -> str:
    if call.end:
        return f"ended: {call.end.outcome}"
    wait: Wait = call.wait
    said = ", ".join(option.name for option in wait.options) or ("anything" if wait.free else "nothing")
    return f"keys: {wait.keys or 'none'}; can be said: {said}; silence: {wait.silence_ms / 1000:g} s"
