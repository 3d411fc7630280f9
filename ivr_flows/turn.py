"""One turn of the interpreter: the session as it changes, and the commands gathered on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ivr_flows.commands import (
    Command,
    Decide,
    End,
    Fetch,
    OptOut,
    Pause,
    Pauses,
    Say,
    SayPart,
    Think,
    ThinkOn,
    Transfer,
    Wait,
)
from ivr_flows.model import steps as model
from ivr_flows.model.base import Language
from ivr_flows.model.flow import CALLER, Flow
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps import Question, Step
from ivr_flows.prompts.render import names_of, render
from ivr_flows.session import Phase, Session

ANNOUNCEMENT = "announce"
"""The role of the words that say that the call is recorded: they are not cut short."""
MESSAGE = "message"
"""The role of the words for a machine: it hears them to their end."""


class Turn:
    """Changes a session step by step. Ends with one `wait`, `hold`, `decide` or `end`."""

    def __init__(self, flow: Flow, session: Session) -> None:
        self.flow = flow
        self.session = session
        self.commands: list[Command] = []

    @property
    def step(self) -> Step:
        """The step that the call is in."""
        return self.flow.steps[self.session.step]

    def change(self, **changes: Any) -> None:
        """Change the session."""
        self.session = replace(self.session, **changes)

    def assign(self, values: Mapping[str, object]) -> None:
        """Give variables their values."""
        if values:
            self.change(values={**self.session.values, **values})

    def say(self, prompt: Prompt | None, role: str, *, language: Language | None = None) -> None:
        """Say a prompt, in the session's language unless told otherwise. One that comes out empty is not said."""
        if prompt is None:
            return
        spoken_in = language or self.session.language
        line = prompt.line(spoken_in)
        if parts := render(line, spoken_in, self.flow.variables, self.values):
            self._add(parts, role, fixed=not names_of(line))

    def play(self, part: SayPart, role: str) -> None:
        """Say something that is no prompt of the flow's."""
        self._add((part,), role, fixed=False)

    def rendered(self, prompt: Prompt) -> tuple[SayPart, ...]:
        """A prompt in the session's language, for somebody else to hear."""
        language = self.session.language
        return render(prompt.line(language), language, self.flow.variables, self.values)

    @property
    def values(self) -> Mapping[str, object]:
        """All that is known: inputs, variables, the caller's number."""
        return {CALLER: self.session.caller, **self.session.values}

    def named(self, fields: Mapping[str, str]) -> dict[str, object]:
        """What each field's variable holds."""
        values = self.values
        return {field: values.get(variable) for field, variable in fields.items()}

    def wait(self, wait: Wait, phase: Phase) -> None:
        """Wait for the caller, with the pauses that the step allows, or the flow."""
        self._pause(phase)
        private = self._private
        record = wait.record and not private
        self.commands.append(replace(wait, pauses=self._pauses(wait.pauses), private=private, record=record))

    @property
    def _private(self) -> bool:
        step = self.step
        return isinstance(step, Question) and step.private

    def _pauses(self, fitting: Pauses) -> Pauses:
        """Those of the step and its flow; `fitting` are those of its kind, which a flow does not change."""
        step = self.step
        own = step.pauses if isinstance(step, Question) else model.Pauses()
        of_kind = model.Pauses(least=fitting.least_ms, usual=fitting.usual_ms, most=fitting.most_ms)
        given = own.over(of_kind if fitting.usual_ms else self.flow.body.pauses)
        return Pauses(given.least, given.usual, given.most)

    def hold(self, command: Fetch | OptOut | Pause | Think | Transfer, phase: Phase) -> None:
        """Wait for somebody or something else."""
        self._pause(phase)
        self.commands.append(command)

    def think_on(self, timeout_ms: int) -> None:
        """Wait for the rest of a thought: no wait of its own."""
        self.change(phase=Phase.THINK)
        self.commands.append(ThinkOn(timeout_ms))

    def decide(self, outcome: str) -> None:
        """Wait for a decision to be committed."""
        self._pause(Phase.DECIDE)
        self.commands.append(Decide(outcome, self.answers()))

    def end(self, outcome: str) -> None:
        """The flow is over, with this outcome unless one was decided."""
        final = self.session.decided or outcome
        self.change(phase=Phase.ENDED, outcome=final, typed="", confirming="")
        self.commands.append(self.ending())

    def ending(self) -> End:
        """The end of a call that is over."""
        return End(self.session.outcome, self.answers(), decided=bool(self.session.decided))

    def answers(self) -> dict[str, object]:
        """What the caller's answers came to."""
        values = self.session.values
        return {name: values[name] for name in values if name in self.flow.answers}

    @property
    def over(self) -> bool:
        """Whether the flow has ended."""
        return self.session.phase is Phase.ENDED

    @property
    def exhausted(self) -> bool:
        """Whether the call has waited more often than it may."""
        return self.session.waits > self.flow.body.most_waits

    def _add(self, parts: tuple[SayPart, ...], role: str, *, fixed: bool) -> None:
        self.change(said=self.session.said + 1)
        say_id = f"{self.session.step}.{role}.{self.session.said}"
        barge_in = self.step.barge_in and role not in (ANNOUNCEMENT, MESSAGE)
        self.commands.append(Say(say_id, parts, barge_in, fixed=fixed, private=self._private and not fixed))

    def _pause(self, phase: Phase) -> None:
        self.change(phase=phase, waits=self.session.waits + 1)
