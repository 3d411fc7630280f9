"""What is asked of, sent to and committed at the backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ivr_flows.model.base import DurationMs, Name, Part
from ivr_flows.model.prompts import Prompt
from ivr_flows.model.steps.base import StepBase
from ivr_flows.model.values import ValueSpec


class Query(Part):
    """A question to Jupiter, or to a service of the settings."""

    name: Name
    service: Name = Field("jupiter", description="Who is asked: jupiter, or a service of the settings.")
    arguments: Annotated[Mapping[Name, Name], Field(description="Argument: the input or variable to send.")] = {}
    gives: Mapping[Name, ValueSpec] = Field({}, description="Fields of the answer that become variables.")
    timeout: DurationMs = 3000


class LookupStep(StepBase):
    """Looks something up. Anything but a whole answer in time is a failure."""

    lookup: Query
    say: Prompt | None = Field(None, description="Said while waiting.")
    next: Name
    failed: Name


class Submission(Part):
    """What is sent, and what comes back. It is sent again under the same key until it was taken, or the time is up."""

    name: Name
    service: Name = Field("jupiter", description="Who it is sent to: jupiter, or a service of the settings.")
    values: Annotated[Mapping[Name, Name], Field(description="Field: the input or variable to send.")] = {}
    gives: Mapping[Name, ValueSpec] = Field({}, description="Fields of the answer that become variables.")
    timeout: DurationMs = 5000


class SubmitStep(StepBase):
    """Sends something. Anything but its acceptance in time is a failure."""

    submit: Submission
    say: Prompt | None = Field(None, description="Said while waiting.")
    next: Name
    failed: Name


class OptOutStep(StepBase):
    """Puts the other side's number on the do-not-call list, then says so. The call ends there."""

    opt_out: Name = Field(description="The outcome.")
    say: Prompt | None = Field(None, description="Said once it is committed.")
    failed: Name = Field(description="Step when it could not be committed.")


class DecideStep(StepBase):
    """Commits the call's outcome, then says so. Without `next` the call ends there."""

    decide: Name
    say: Prompt | None = None
    next: Name | None = None
    already: Name | None = Field(None, description="Step when another decision was first; the flow's unless given.")
    failed: Name | None = Field(None, description="Step when it could not be committed; the flow's unless given.")
