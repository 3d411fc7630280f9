"""Handing the caller to a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import Key, LongMs, Name, Part
from ivr_flows.model.prompts import Prompt, Sound
from ivr_flows.model.steps.base import StepBase


class Transfer(Part):
    """Who is rung, and how they take the call."""

    to: Annotated[str, Field(description="A number, or the name of a phone input or variable.", min_length=1)]
    trunk: str = Field("", description="The trunk; the usual one of outbound calls unless given.")
    whisper: Prompt | None = Field(None, description="Said to the person who is rung, before they take the call.")
    accept: Key | None = Field(None, description="The key that takes the call; without it, to answer is to take it.")
    music: Sound | None = Field(None, description="Heard by the caller meanwhile; a ringing tone unless given.")
    ring: Annotated[LongMs, Field(ge=5_000, le=120_000, description="How long the person is rung.")] = 25_000
    longest: LongMs = Field(1_800_000, description="The longest talk; then the flow goes on.")

    @model_validator(mode="after")
    def _attended(self) -> Transfer:
        if self.whisper and not self.accept:
            raise ValueError("`whisper` needs `accept`, the key that takes the call")
        return self


class TransferStep(StepBase):
    """Hands the caller to a person, with a whisper and a key that accepts (attended) or at once (blind).

    `next` follows when the person has left; `failed` when nobody took the call.
    """

    say: Prompt | None = Field(None, description="Said to the caller before.")
    transfer: Transfer
    next: Name
    failed: Name
