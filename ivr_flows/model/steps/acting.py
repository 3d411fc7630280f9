"""Steps that say, set, branch, wait, run another flow, and hang up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from ivr_flows.model.base import DurationMs, Name, Part
from ivr_flows.model.prompts import Prompt, Sound
from ivr_flows.model.steps.base import StepBase
from ivr_flows.model.values import ValueSpec


class SayStep(StepBase):
    """Says something."""

    say: Prompt
    next: Name


class SetStep(StepBase):
    """Gives variables a value: a text, or another variable as it is."""

    set: Annotated[
        Mapping[Name, str], Field(min_length=1, description="Variable: its text; {{ name }} as in a prompt.")
    ]
    types: Mapping[Name, ValueSpec] = Field({}, description="What the variables are; text unless given.")
    next: Name

    @model_validator(mode="after")
    def _types_of_what_is_set(self) -> SetStep:
        if others := [name for name in self.types if name not in self.set]:
            raise ValueError(f"`types` are of what is set here; {', '.join(others)} is not")
        return self


class Case(Part):
    """A way of a branch."""

    when: Annotated[str, Field(description="Such as: total > 500 and status == 'preparing'")]
    next: Name


class BranchStep(StepBase):
    """Goes the way of the first case that holds."""

    branch: Annotated[tuple[Case, ...], Field(min_length=1)]
    otherwise: Name


class WaitStep(StepBase):
    """Lets some time pass, in silence or with music. Keys pressed meanwhile are kept for the next question."""

    say: Prompt | None = Field(None, description="Said before.")
    wait: DurationMs
    music: Sound | None = Field(None, description="Played meanwhile, over and over.")
    next: Name


class Run(Part):
    """Another flow as a part of this one. It shares the variables by their names."""

    flow: Name
    inputs: Mapping[Name, str] = Field({}, description="Variables that are set before; {{ name }} as in a prompt.")
    then: Annotated[
        Mapping[Name, Name], Field(min_length=1, description="The other flow's outcome: the step that follows.")
    ]


class RunStep(StepBase):
    """Runs another flow and goes on by its outcome. Commands and the outcome of a hang-up are this flow's.

    What the other flow says of silence, of answers that mean nothing and of confidence goes with its steps; what it
    leaves open, this flow says.
    """

    run: Run


class HangUpStep(StepBase):
    """Says its last words and ends the call with an outcome."""

    say: Prompt | None = None
    hang_up: Name
