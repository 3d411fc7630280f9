"""What steps have in common: words to hear, reactions to answers that did not come, what every question may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import DurationMs, Language, Name, Part
from ivr_flows.model.prompts import Prompt, Prompts

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
    unheard: Prompt | None = Field(
        None,
        description="Said instead when every recogniser failed; the keys are offered in Mercury's words unless given.",
    )


class Pauses(Part):
    """How long the caller must be silent for a spoken answer to be over. What is not given here comes from the flow."""

    least: DurationMs | None = Field(None, description="After an answer that is complete for the question.")
    usual: DurationMs | None = Field(None, description="As a rule; the setting media.end_silence_ms unless given.")
    most: DurationMs | None = Field(None, description="After words that a sentence does not end in.")

    @model_validator(mode="after")
    def _in_order(self) -> Pauses:
        given = [ms for ms in (self.least, self.usual, self.most) if ms is not None]
        if given != sorted(given):
            raise ValueError(f"expected least ≤ usual ≤ most, got {', '.join(f'{ms} ms' for ms in given)}")
        return self

    def over(self, usual: Pauses) -> Pauses:
        """These, and what is not given of them from `usual`. Where the two don't fit together, these count."""
        least = usual.least if self.least is None else self.least
        most = usual.most if self.most is None else self.most
        as_a_rule = usual.usual if self.usual is None else self.usual
        given = [ms for ms in (self.usual, self.most, self.least) if ms is not None]
        if given and least is not None and least > min(given):
            least = min(given)
        if given and most is not None and most < max(given):
            most = max(given)
        if as_a_rule is not None:
            as_a_rule = max(as_a_rule, least or 0)
            as_a_rule = as_a_rule if most is None else min(as_a_rule, most)
        return Pauses(least=least, usual=as_a_rule, most=most)


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
    pauses: Pauses = Field(Pauses(), description="Silence that ends a spoken answer here.")
    private: bool = Field(
        False, description="Whether the answer is nobody else's: not recorded, and masked in the call's history."
    )
