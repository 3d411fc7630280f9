"""What can be written in a file of test cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr_flows.model.base import Confidence, DurationMs, Language, Name, Part

Answer = Literal["failed"] | Mapping[Name, Any]
"""What a lookup gives: the fields of the answer, or `failed`."""
Decision = Literal["accepted", "refused", "failed"]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""A text, or a list of them."""

_MOVES = ("keys", "say", "silence", "hang_up", "decision", "lookup")
_BARE: Mapping[str, Mapping[str, str]] = {"silence": {"silence": "1"}, "hang_up": {"hang_up": "true"}}


class Act(Part):
    """One step of a case: a move of the caller's or of the world's, what is heard upon it, and where the call is then.

    Without a move it looks at the greeting, or at what was heard last.
    """

    keys: str | None = Field(None, pattern=r"^[0-9*#]{1,40}$", description="Keys, pressed one after the other.")
    say: str | None = Field(None, description='Words of the caller\'s; "" is speech that nothing was made of.')
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.95
    guesses: Mapping[Name, Confidence] = Field({}, description="What a mind takes the words for: option: confidence.")
    recording: str | None = Field(None, description="Name of the recording of what was said.")
    silence: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="So many waits pass in silence.")
    hang_up: Literal[True] | None = Field(None, description="The caller hangs up.")
    decision: Decision | None = Field(None, description="What becomes of decisions from now on.")
    lookup: Mapping[Name, Answer] | None = Field(None, description="What these lookups give from now on.")
    hears: Texts = Field((), description="Texts that the caller hears upon this.")
    hears_not: Texts = Field((), description="Texts that the caller must not hear upon this.")
    step: Name | None = Field(None, description="The step that the call then is in.")

    @model_validator(mode="before")
    @classmethod
    def _truths(cls, value: Any) -> Any:
        return {**value, "hang_up": True} if isinstance(value, dict) and value.get("hang_up") == "true" else value

    @model_validator(mode="after")
    def _one_move(self) -> Act:
        moves = [name for name in _MOVES if getattr(self, name) is not None]
        if len(moves) > 1:
            raise ValueError(f"expected one of {', '.join(_MOVES)} in a step, got {' and '.join(moves)}")
        if self.say is None and (self.guesses or self.recording):
            raise ValueError("`guesses` and `recording` belong to `say`")
        return self


def _bare(value: object) -> object:
    return _BARE.get(value, value) if isinstance(value, str) else value


class Submission(Part):
    """A decision as it goes to Jupiter."""

    outcome: Name
    data: Mapping[Name, Any] = {}


class Expect(Part):
    """What must hold when all steps are done. What is not given may be anything."""

    outcome: Name | None = Field(None, description="How the call ended.")
    data: Mapping[Name, Any] | None = Field(None, description="The outcome's data, whole.")
    submissions: tuple[Submission, ...] | None = Field(None, description="Decisions committed, in their order.")
    lookups: tuple[Name, ...] | None = Field(None, description="Lookups made, in their order.")
    language: Language | None = None
    hears: Texts = ()
    hears_not: Texts = ()
    within: DurationMs | None = Field(None, description="The call is no longer than this, on the virtual clock.")


class Given(Part):
    """What a call begins with. A case's own stands before its file's for the flow."""

    inputs: Mapping[Name, Any] | None = None
    language: Language | None = None
    caller: str | None = None
    lookups: Mapping[Name, Answer] | None = None
    decision: Decision | None = None

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

    name: Annotated[str, Field(min_length=1, max_length=500)]
    flow: Name
    given: Given = Given()
    steps: tuple[Annotated[Act, BeforeValidator(_bare)], ...] = ()
    expect: Expect = Expect()


class CaseFile(Part):
    """A file of test cases."""

    flows: str = Field(description="The flows file, its path relative to this file.")
    given: Mapping[Name, Given] = Field({}, description="By flow, what its cases begin with.")
    cases: tuple[Case, ...]
