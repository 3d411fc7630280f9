"""Free conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ivr_flows.model.base import DurationMs, LongMs, Name, Part
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps.asking import Answer
from ivr_flows.model.steps.backend import Query
from ivr_flows.model.steps.base import Hear, Question

FACT = "fact:"
"""What the name of a fact, `fact:COLLECTION/NAME`, begins with among all that can be said."""


class Fact(Part):
    """Something that callers ask, and what they are told: said as it is written, whatever mind there is."""

    hear: Annotated[Hear, Field(min_length=1, description="How it is asked, by language.")]
    say: Prompt


class Exit(Answer):
    """An intent that ends the conversation."""

    description: str = Field("", description="For the mind: when it is meant.")
    next: Name


class Conversing(Part):
    """Who speaks, what they know and may do, and when it ends."""

    persona: str = Field("", max_length=2000, description="For the mind: who it is, and how it speaks.")
    knowledge: tuple[Name, ...] = Field((), description="Collections of facts under the file's `knowledge`.")
    tools: Mapping[Name, Query] = Field({}, description="Lookups that the mind may ask for.")
    exits: Annotated[Mapping[Name, Exit], Field(min_length=1, description="Ways out, by intent.")]
    turns: Annotated[int, Field(ge=1, le=50, description="Answers at most; then `next` follows.")] = 10
    longest: LongMs = Field(180_000, description="Time after which `next` follows.")
    timeout: DurationMs = Field(5000, description="Time that the mind has for an answer.")


class ConverseStep(Question):
    """Talks freely: what the facts answer is answered by them, the rest by the mind, until an exit is meant."""

    converse: Conversing
    thinking: Prompt | None = Field(None, description="Said while the mind thinks.")
    next: Name
