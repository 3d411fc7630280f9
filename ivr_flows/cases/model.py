"""What can be written in a file of test cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from ivr_flows.model.base import Confidence, DurationMs, Language, LongMs, Name, Part

Answer = Literal["failed"] | Mapping[Name, Any]
"""What a lookup gives: the fields of the answer, or `failed`."""
Taken = Literal["taken", "failed"] | Mapping[Name, Any]
"""What becomes of a submission: `taken` (with the fields of the answer, where it gives some), or `failed`."""
Decision = Literal["accepted", "refused", "canceled", "failed"]
StepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$", max_length=300)]
"""A step; of a flow that is run as a part, with the way to it: identify/number."""


def _written_ms(milliseconds: int) -> str:
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


Time = Annotated[LongMs, PlainSerializer(_written_ms)]
"""A time, written in a case as it is in a flow."""


class Talk(Part):
    """A person who takes the call."""

    talked: Annotated[Time, Field(description="How long they talk with the caller.")] = 60_000


Handover = Literal["talked", "busy", "no_answer", "declined"] | Talk
"""What becomes of a transfer: a person talks with the caller (for how long), or nobody takes the call."""


class Idea(Part):
    """What the mind answers: something to say, or the exit that is meant."""

    text: str = Field("", description="What it says.")
    exit: Name | None = Field(None, description="The exit that it takes the caller to mean.")
    confidence: Confidence = Field(1.0, description="How sure it is of the exit.")

    @model_validator(mode="after")
    def _one_answer(self) -> Idea:
        if bool(self.text) == bool(self.exit):
            raise ValueError("expected either a text or an exit")
        return self


class Unfinished(Part):
    """What the caller was saying when they hung up."""

    say: str = Field("", description='Words; "" is speech that nothing was made of.')
    recording: str | None = Field(None, description="Name of the recording of what was said.")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""A text, or a list of them."""

CALLER_MOVES = ("keys", "say", "silence", "wait", "time_up", "hang_up")
WORLD_MOVES = ("decision", "lookup", "submit", "transfer", "thought")
_MOVES = (*CALLER_MOVES, *WORLD_MOVES)
_BARE: Mapping[str, Mapping[str, str]] = {
    "silence": {"silence": "1"},
    "hang_up": {"hang_up": "true"},
    "time_up": {"time_up": "true"},
}


class Act(Part):
    """One step of a case: a move of the caller's or of the world's, what is heard upon it, and where the call is then.

    Without a move it looks at the greeting, or at what was heard last.
    """

    keys: str | None = Field(None, pattern=r"^[0-9*#]{1,40}$", description="Keys, pressed one after the other.")
    say: str | None = Field(None, description='Words of the caller\'s; "" is speech that nothing was made of.')
    confidence: Annotated[float, Field(ge=0, le=1)] = Field(0.95, description="How surely the words were heard.")
    guesses: Mapping[Name, Confidence] = Field({}, description="What a mind takes the words for: option: confidence.")
    recording: str | None = Field(None, description="Name of the recording of what was said.")
    heard_in: Language | None = Field(None, description="The language that the recogniser heard the words in.")
    silence: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="So many waits pass in silence.")
    wait: Time | None = Field(None, description="So much time passes before the next move, such as 9m.")
    time_up: Literal[True] | None = Field(None, description="The call comes to the end of its longest time.")
    hang_up: Literal[True] | Unfinished | None = Field(
        None, description="The caller hangs up; with `say`, in the midst of speaking."
    )
    decision: Decision | None = Field(None, description="What becomes of decisions from now on.")
    lookup: Mapping[Name, Answer] | None = Field(None, description="What these lookups give from now on.")
    submit: Mapping[Name, Taken] | None = Field(None, description="What becomes of these submissions from now on.")
    transfer: Handover | None = Field(None, description="What becomes of transfers from now on.")
    thought: Literal["failed"] | Idea | None = Field(None, description="What the mind answers from now on.")
    hears: Texts = Field((), description="Texts that the caller hears upon this.")
    hears_not: Texts = Field((), description="Texts that the caller must not hear upon this.")
    step: StepName | None = Field(None, description="The step that the call then is in.")

    @property
    def move(self) -> str:
        """The word of its move; "" without one."""
        return next((word for word in _MOVES if getattr(self, word) is not None), "")

    @model_validator(mode="before")
    @classmethod
    def _truths(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {word: said if said != "true" or word not in _BARE else True for word, said in value.items()}

    @model_validator(mode="after")
    def _one_move(self) -> Act:
        moves = [name for name in _MOVES if getattr(self, name) is not None]
        if len(moves) > 1:
            raise ValueError(f"expected one of {', '.join(_MOVES)} in a step, got {' and '.join(moves)}")
        if self.say is None and (self.guesses or self.recording or self.heard_in):
            raise ValueError("`guesses`, `recording` and `heard_in` belong to `say`")
        return self


def _bare(value: object) -> object:
    return _BARE.get(value, value) if isinstance(value, str) else value


class Submission(Part):
    """A decision as it goes to Jupiter."""

    outcome: Annotated[Name, Field(description="What was decided.")]
    data: Mapping[Name, Any] = Field({}, description="What goes with it, whole.")


class Sent(Part):
    """A submission as it goes to its service."""

    name: Annotated[Name, Field(description="Its name.")]
    values: Mapping[Name, Any] = Field({}, description="What is sent, whole.")


class Expect(Part):
    """What must hold when all steps are done. What is not given may be anything."""

    outcome: Name | None = Field(None, description="How the call ended.")
    data: Mapping[Name, Any] | None = Field(None, description="The outcome's data, whole.")
    submissions: tuple[Submission, ...] | None = Field(None, description="Decisions committed, in their order.")
    lookups: tuple[Name, ...] | None = Field(None, description="Lookups made, in their order.")
    sent: tuple[Sent, ...] | None = Field(None, description="What was submitted, taken or not, in its order.")
    transfers: tuple[str, ...] | None = Field(None, description="The numbers that were rung, in their order.")
    language: Language | None = Field(None, description="The call's at its end.")
    hears: Texts = Field((), description="Texts that the caller hears in the whole call.")
    hears_not: Texts = Field((), description="Texts that the caller must not hear.")
    within: DurationMs | None = Field(None, description="The call is no longer than this, on the virtual clock.")


class Given(Part):
    """What a call begins with. A case's own stands before its file's for the flow."""

    inputs: Mapping[Name, Any] | None = Field(None, description="The flow's inputs.")
    language: Language | None = Field(None, description="Of the call; the flow's first unless given.")
    caller: str | None = Field(None, description="The other side's number.")
    lookups: Mapping[Name, Answer] | None = Field(None, description="What lookups give; the others fail.")
    submits: Mapping[Name, Taken] | None = Field(None, description="What becomes of submissions; the others fail.")
    decision: Decision | None = Field(None, description="What becomes of decisions; accepted unless given.")
    transfer: Handover | None = Field(None, description="What becomes of transfers; talked unless given.")
    thought: Literal["failed"] | Idea | None = Field(None, description="What the mind answers; it fails unless given.")

    def over(self, usual: Given) -> Given:
        """These, with what they lack from `usual`."""
        return Given.model_construct(
            **{
                name: value if (value := getattr(self, name)) is not None else getattr(usual, name)
                for name in Given.model_fields
            }
        )


class Case(Part):
    """A call, and what must come of it."""

    name: Annotated[str, Field(min_length=1, max_length=500, description="The only one of its flow.")]
    flow: Annotated[Name, Field(description="The flow that is tried.")]
    given: Given = Field(Given(), description="What the call begins with.")
    steps: tuple[Annotated[Act, BeforeValidator(_bare)], ...] = Field((), description="What happens, in its order.")
    expect: Expect = Field(Expect(), description="What must have come of it.")


class CaseFile(Part):
    """A file of test cases."""

    flows: str = Field(description="The flows file, its path relative to this file.")
    given: Mapping[Name, Given] = Field({}, description="By flow, what its cases begin with.")
    cases: tuple[Case, ...] = Field(description="The calls.")
