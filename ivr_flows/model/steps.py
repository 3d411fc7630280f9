"""Steps: what a call does, one after the other. A step's kind is the word that only it has (`KINDS`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from ivr_flows.model.base import Confidence, DurationMs, Key, Language, Name, Part
from ivr_flows.model.prompts import Prompt, Prompts
from ivr_flows.model.values import Type, ValueSpec

Hear = Mapping[Language, tuple[Annotated[str, Field(min_length=1, max_length=80)], ...]]
"""Phrases by language; the closed list of the recogniser, and the examples of the classifier."""


class Reaction(Part):
    """What is done about an answer that did not come. What is not given here comes from the flow."""

    tries: Annotated[int, Field(ge=1, le=10)] | None = Field(None, description="Failures after which `then` follows.")
    say: Prompts | None = Field(None, description="Said before the question is put again; a list escalates.")
    then: Name | None = Field(None, description="Step after the last failure; the flow's `gives_up` unless given.")


class NoInput(Reaction):
    """Nothing was pressed or said."""

    after: DurationMs | None = Field(None, description="Silence after the question.")


class NoMatch(Reaction):
    """What was pressed or said means nothing here."""

    unsure: Prompt | None = Field(None, description="Said instead when speech was understood, but not surely enough.")


class Option(Part):
    """An answer: by key, and by voice."""

    key: Key | None = None
    hear: Hear = Field({}, description="What is said for it, by language.")
    next: Name
    confirm: Prompt | None = Field(None, description="Asked back when it was said; a key needs no second one.")
    confidence: Confidence | None = Field(None, description="Speech below it is not taken; the flow's unless given.")
    set: Mapping[Name, str] = {}
    language: Language | None = Field(None, description="The call goes on in this language.")

    @model_validator(mode="after")
    def _can_be_chosen(self) -> Option:
        if self.key is None and not self.hear:
            raise ValueError("expected a key, words to hear, or both")
        return self


class Command(Part):
    """An answer that is understood at every question of the flow. It leads to `next`, or has all said again."""

    key: Key | None = None
    hear: Hear = Field({}, description="What is said for it, by language.")
    next: Name | None = Field(None, description="Without it, what was said since the last answer is said again.")
    confidence: Confidence | None = None
    language: Language | None = None

    @model_validator(mode="after")
    def _can_be_given(self) -> Command:
        if self.key is None and not self.hear:
            raise ValueError("expected a key, words to hear, or both")
        return self


class StepBase(Part):
    """What every step may have."""

    description: str = ""
    on_hang_up: Name | None = Field(None, description="Outcome when the caller hangs up here; the flow's unless given.")
    barge_in: bool = Field(True, description="Whether a key or speech cuts this step's words short.")


class Question(StepBase):
    """A step that waits for an answer."""

    say: Prompt | None = Field(None, description="Said once, before the question.")
    ask: Prompt
    no_input: NoInput = NoInput()
    no_match: NoMatch = NoMatch()


class SayStep(StepBase):
    """Says something."""

    say: Prompt
    next: Name


class AskStep(Question):
    """Offers options, by key and by voice."""

    options: Annotated[Mapping[Name, Option], Field(min_length=1)]
    clear_typed: bool = Field(False, description="Forget keys pressed before the question: for what can't be undone.")


class Digits(Part):
    """A number that is typed."""

    into: Name
    type: Annotated[Type, Field(description="integer, minutes, order_number, text or phone.")] = Type.INTEGER
    min: Annotated[int, Field(ge=1, le=20)] = 1
    max: Annotated[int, Field(ge=1, le=20)]
    ends_with: Key | None = Field(None, description="Ends the entry; without it the last digit does.")
    between: tuple[int, int] | None = Field(None, description="Smallest and largest number.")
    between_keys: DurationMs = Field(3000, description="Silence that ends the entry.")

    @model_validator(mode="after")
    def _possible(self) -> Digits:
        if self.type not in (Type.INTEGER, Type.MINUTES, Type.ORDER_NUMBER, Type.TEXT, Type.PHONE):
            raise ValueError(f"digits can't be {self.type}; expected integer, minutes, order_number, text or phone")
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        if self.between and self.type not in (Type.INTEGER, Type.MINUTES):
            raise ValueError("`between` is for integer and minutes")
        if self.between and self.between[0] > self.between[1]:
            raise ValueError(f"nothing is between {self.between[0]} and {self.between[1]}")
        return self


class DigitsStep(Question):
    """Has a number typed."""

    digits: Digits
    next: Name


class Listening(Part):
    """Speech of any kind, kept as text (where a recogniser is at hand) and as a recording."""

    into: Name
    longest: DurationMs = 20_000
    silence: DurationMs = Field(1500, description="Silence that ends it.")
    ends_with: Key | None = None


class ListenStep(Question):
    """Records what the caller says."""

    listen: Listening
    next: Name


class LanguageStep(Question):
    """Has the caller choose a language by key; the question is put in each of them, in this order."""

    language: Annotated[Mapping[Language, Key], Field(min_length=2)]
    next: Name


class Query(Part):
    """A question to Jupiter."""

    name: Name
    arguments: Annotated[Mapping[Name, Name], Field(description="Argument: the input or variable to send.")] = {}
    gives: Mapping[Name, ValueSpec] = Field({}, description="Fields of the answer that become variables.")
    timeout: DurationMs = 3000


class LookupStep(StepBase):
    """Looks something up. Anything but a whole answer in time is a failure."""

    lookup: Query
    say: Prompt | None = Field(None, description="Said while waiting.")
    next: Name
    failed: Name


class DecideStep(StepBase):
    """Commits the call's outcome, then says so. Without `next` the call ends there."""

    decide: Name
    say: Prompt | None = None
    next: Name | None = None
    already: Name | None = Field(None, description="Step when another decision was first; the flow's unless given.")
    failed: Name | None = Field(None, description="Step when it could not be committed; the flow's unless given.")


class SetStep(StepBase):
    """Gives variables a text."""

    set: Annotated[Mapping[Name, str], Field(min_length=1)]
    next: Name


class Case(Part):
    """A way of a branch."""

    when: Annotated[str, Field(description="Such as: total > 500 and status == 'preparing'")]
    next: Name


class BranchStep(StepBase):
    """Goes the way of the first case that holds."""

    branch: Annotated[tuple[Case, ...], Field(min_length=1)]
    otherwise: Name


class HangUpStep(StepBase):
    """Says its last words and ends the call with an outcome."""

    say: Prompt | None = None
    hang_up: Name


KINDS: Mapping[str, type[StepBase]] = {
    "options": AskStep,
    "digits": DigitsStep,
    "listen": ListenStep,
    "language": LanguageStep,
    "lookup": LookupStep,
    "decide": DecideStep,
    "set": SetStep,
    "branch": BranchStep,
    "hang_up": HangUpStep,
    "say": SayStep,
}
"""The word that tells a step's kind; where there are several, the first of this list."""


def _kind(value: Any) -> str | None:
    if isinstance(value, StepBase):
        return next(f"<{word}>" for word, kind in KINDS.items() if isinstance(value, kind))
    if not isinstance(value, dict):
        return None
    if "ask" in value and not KINDS.keys() & (value.keys() - {"say", "set"}):
        return "<options>"
    return next((f"<{word}>" for word in KINDS if word in value), None)


Step = Annotated[
    Annotated[AskStep, Tag("<options>")]
    | Annotated[DigitsStep, Tag("<digits>")]
    | Annotated[ListenStep, Tag("<listen>")]
    | Annotated[LanguageStep, Tag("<language>")]
    | Annotated[LookupStep, Tag("<lookup>")]
    | Annotated[DecideStep, Tag("<decide>")]
    | Annotated[SetStep, Tag("<set>")]
    | Annotated[BranchStep, Tag("<branch>")]
    | Annotated[HangUpStep, Tag("<hang_up>")]
    | Annotated[SayStep, Tag("<say>")],
    Discriminator(
        _kind,
        custom_error_type="step_kind",
        custom_error_message=f"expected a step that has one of: {', '.join(KINDS)}",
    ),
]
