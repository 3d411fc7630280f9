"""Numbers typed on the keypad, or said."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import DurationMs, Key, Name, Part
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps.base import Question
from ivr_flows.model.values import Type


class Digits(Part):
    """A number that is typed, or said."""

    into: Name
    type: Annotated[Type, Field(description="integer, minutes, order_number, text or phone.")] = Type.INTEGER
    min: Annotated[int, Field(ge=1, le=20)] = 1
    max: Annotated[int, Field(ge=1, le=20)]
    ends_with: Key | None = Field(None, description="Ends the entry; without it the last digit does.")
    between: tuple[int, int] | None = Field(None, description="Smallest and largest number.")
    between_keys: DurationMs = Field(3000, description="Silence that ends the entry.")
    speak: bool | None = Field(
        None,
        description="Whether it may be said, too, where a recogniser hears free speech: read back, and taken when it is"
        " right. True unless given, but for private answers.",
    )

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


class ReadBack(Part):
    """An entry is read back and taken only when the caller says that it is right."""

    say: Annotated[Prompt, Field(description="Reads the entry back, and asks whether it is right.")]
    yes: Annotated[Key, Field(description="Takes it.")] = "1"
    no: Annotated[Key, Field(description="Has it typed again.")] = "2"

    @model_validator(mode="after")
    def _two_keys(self) -> ReadBack:
        if self.yes == self.no:
            raise ValueError(f"expected two keys, got {self.yes} for both")
        return self


class DigitsStep(Question):
    """Has a number typed, or said. The keys of an entry are the entry: once one was pressed, speech is none."""

    digits: Digits
    confirm: ReadBack | None = Field(
        None, description="Reads the entry back before it is taken; one that was said is read back without it, too."
    )
    next: Name

    @property
    def spoken(self) -> bool:
        """Whether the number may be said."""
        return not self.private if self.digits.speak is None else self.digits.speak
