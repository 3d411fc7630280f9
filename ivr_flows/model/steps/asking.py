"""Questions with options, and the answers that are understood at every question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import Confidence, Key, Language, Name, Part
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps.base import Hear, Question


class Answer(Part):
    """Something that can be pressed or said."""

    key: Key | None = None
    hear: Hear = Field({}, description="What is said for it, by language.")
    confidence: Confidence | None = Field(None, description="Speech below it is not taken; the flow's unless given.")

    @model_validator(mode="after")
    def _can_be_given(self) -> Answer:
        if self.key is None and not self.hear:
            raise ValueError("expected a key, words to hear, or both")
        return self


class Option(Answer):
    """An answer: by key, and by voice."""

    next: Name
    confirm: Prompt | None = Field(None, description="Asked back when it was said; a key needs no second one.")
    set: Mapping[Name, str] = {}
    language: Language | None = Field(None, description="The call goes on in this language.")


class Command(Answer):
    """An answer that is understood at every question of the flow. It leads to `next`, or has all said again."""

    next: Name | None = Field(None, description="Without it, what was said since the last answer is said again.")
    language: Language | None = None


class AskStep(Question):
    """Offers options, by key and by voice."""

    options: Annotated[Mapping[Name, Option], Field(min_length=1)]
    clear_typed: bool = Field(False, description="Forget keys pressed before the question: for what can't be undone.")
