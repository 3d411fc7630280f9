"""What steps have in common: words to hear, reactions to answers that did not come, what every question may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

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
