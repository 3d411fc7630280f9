"""A flows file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr_flows.model.base import Name, Part
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.hours import HoursSpec
from ivr_flows.model.steps import Fact
from ivr_flows.routes import Rule, to_e164

Dialled = Annotated[str, BeforeValidator(lambda value: to_e164(value) if isinstance(value, str) else value)]

Unrouted = Literal["busy", "not_found", "decline"]


class RouteSpec(Part):
    """A route: one of `number`, `prefix` and `any: true`; over one `trunk` or all."""

    number: Dialled = Field("", description="The whole number; Indian numbers in any usual form.")
    prefix: str = Field("", description="How the number begins, with its country: +9180.", pattern=r"^(\+?[0-9]+)?$")
    any: bool = Field(False, description="Every number that no other route is for.")
    trunk: str = Field("", description="Only calls over this trunk.")
    headers: Mapping[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")], str] = Field(
        {}, description="Only calls whose INVITE has these headers with these values; * stands for any rest."
    )
    hours: Name | None = Field(None, description="Only at these hours; one of the file's `hours`.")
    closed: Name | None = Field(
        None, description="The flow that answers at all other hours; else the route is not for them."
    )
    flow: Annotated[Name, Field(description="The flow that answers.")]
    ask: Literal["jupiter"] | None = Field(
        None, description="Who says first whether to answer, and with which flow; `flow` answers when nobody says."
    )
    call_back: bool = Field(
        True, description="Whether a caller whom a call about an order is to reach comes to that order's flow instead."
    )
    inputs: Mapping[Name, Any] = Field(
        {}, description="What the flow is given; the closed one, too, as far as it wants it."
    )

    @model_validator(mode="after")
    def _one_way(self) -> RouteSpec:
        if sum((bool(self.number), bool(self.prefix), self.any)) != 1:
            raise ValueError("expected exactly one of number, prefix and any: true")
        if self.closed and not self.hours:
            raise ValueError("`closed` needs `hours`")
        return self

    def rule(self) -> Rule:
        """As it is looked up."""
        return Rule(
            self.flow,
            self.number,
            self.prefix,
            self.trunk,
            self.inputs,
            self.headers,
            self.hours or "",
            self.closed or "",
            ask=self.ask or "",
            call_back=self.call_back,
        )


class FlowsFile(Part):
    """What is written in a flows file."""

    include: tuple[str, ...] = Field(
        (), description="Other flows files below this one's folder, by their paths from here. All names are one space."
    )
    routes: tuple[RouteSpec, ...] = Field((), description="Which flow answers which calls; the most exact one wins.")
    unrouted: Unrouted = Field(
        "busy", description="What a caller is told whom no route is for, before anything is answered."
    )
    hours: Mapping[Name, HoursSpec] = Field({}, description="Opening hours, by their names.")
    knowledge: Mapping[Name, Mapping[Name, Fact]] = Field(
        {}, description="Collections of what callers ask and are told, for conversations."
    )
    flows: Mapping[Name, FlowBody] = Field({}, description="The kinds of call, by their names.")
