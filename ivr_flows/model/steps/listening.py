"""Speech of any kind: kept as text, as a recording, or as a message."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import DurationMs, Key, Name, Part
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps.base import Question


class Listening(Part):
    """Speech of any kind, kept as text (where a recogniser is at hand) and as a recording."""

    into: Name
    longest: DurationMs = 20_000
    silence: DurationMs = Field(1500, description="Silence that ends it.")
    ends_with: Key | None = None
    beep: bool = Field(False, description="Whether a tone says when to speak.")


class ListenStep(Question):
    """Records what the caller says, and what was understood of it."""

    listen: Listening
    next: Name


class RecordStep(Question):
    """Records what the caller says; nothing tries to understand it."""

    record: Annotated[Listening, Field(description="`into` gets the recording's name.")]
    next: Name


class Review(Part):
    """The caller hears their message and keeps it, or speaks it again."""

    ask: Annotated[Prompt, Field(description="Said after the message was played back.")]
    keep: Key = "1"
    again: Key = "2"

    @model_validator(mode="after")
    def _two_keys(self) -> Review:
        if self.keep == self.again:
            raise ValueError(f"expected two keys, got {self.keep} for both")
        return self


class Message(Listening):
    """A message: longer, after a tone, and kept even when the caller ends it by hanging up."""

    longest: DurationMs = 120_000
    silence: DurationMs = Field(3000, description="Silence that ends it.")
    ends_with: Key | None = "#"
    beep: bool = Field(True, description="Whether a tone says when to speak.")
    review: Review | None = Field(None, description="Plays it back, and lets the caller speak it again.")


class VoicemailStep(Question):
    """Takes a message. A hang-up in the middle ends the message: its `on_hang_up` is the outcome of those who spoke."""

    voicemail: Message
    next: Name
