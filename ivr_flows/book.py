"""All the flows of a file, and the routes that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr_flows.hours import is_open
from ivr_flows.model import Flow
from ivr_flows.model.file import Unrouted
from ivr_flows.model.hours import HoursSpec
from ivr_flows.routes import Arriving, Rule, choose


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes: the flow, and the inputs that the route gives it (checked)."""

    flow: Flow
    inputs: Mapping[str, object]
    ask: str = ""
    """Who says first whether to answer, and with which flow; "" for nobody."""
    call_back: bool = True
    """Whether an open order of the caller's comes before the flow."""


@dataclass(frozen=True, slots=True)
class FlowBook:
    """The flows of a file, and of those that it includes, that have been checked."""

    flows: Mapping[str, Flow]
    routes: tuple[Rule, ...] = ()
    files: tuple[Path, ...] = ()
    """The file that was loaded, and all that it includes; none when it was a text."""
    hours: Mapping[str, HoursSpec] = field(default_factory=dict)
    unrouted: Unrouted = "busy"
    """What a caller is told whom no route is for."""

    @property
    def headers(self) -> frozenset[str]:
        """The SIP headers that routes ask for."""
        return frozenset(name for rule in self.routes for name in rule.headers or ())

    def route(self, call: Arriving) -> Route | None:
        """The flow that answers a call; None when no route is for it. Raises `InputError`."""
        choice = choose(self.routes, call, lambda hours: is_open(self.hours[hours], call.at))
        if choice is None:
            return None
        flow, given = self.flows[choice.flow], choice.rule.inputs or {}
        if choice.flow != choice.rule.flow:
            given = {name: value for name, value in given.items() if name in flow.inputs}
        return Route(flow, flow.check_inputs(given), choice.rule.ask, choice.rule.call_back)
