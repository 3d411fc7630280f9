"""A flows file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ivr_flows.model.base import Name, Part
from ivr_flows.model.flow import FlowBody
from ivr_flows.routes import Rule, to_e164

Dialled = Annotated[str, BeforeValidator(lambda value: to_e164(value) if isinstance(value, str) else value)]


class RouteSpec(Part):
    """A route: one of `number`, `prefix` and `any: true`; over one `trunk`, or all."""

    number: Dialled = Field("", description="The whole number; Indian numbers in any usual form.")
    prefix: str = Field("", description="How the number begins, with its country: +9180.", pattern=r"^(\+?[0-9]+)?$")
    any: bool = Field(False, description="Every number that no other route is for.")
    trunk: str = Field("", description="Only calls over this trunk.")
    flow: Annotated[Name, Field(description="The flow that answers.")]
    inputs: Mapping[Name, Any] = Field({}, description="What the flow is given.")

    @model_validator(mode="after")
    def _one_way(self) -> RouteSpec:
        if sum((bool(self.number), bool(self.prefix), self.any)) != 1:
            raise ValueError("expected exactly one of number, prefix and any: true")
        return self

    def rule(self) -> Rule:
        """As it is looked up."""
        return Rule(self.flow, self.number, self.prefix, self.trunk, self.inputs)


class FlowsFile(Part):
    """What is written in a flows file."""

    routes: tuple[RouteSpec, ...] = Field((), description="Which flow answers which calls; the most exact one wins.")
    flows: Annotated[Mapping[Name, FlowBody], Field(min_length=1, description="The kinds of call, by their names.")]
