"""All the flows of a file, and the routes that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr_flows.model import Flow
from ivr_flows.routes import Rule, choose


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes: the flow, and the inputs that the route gives it (checked)."""

    flow: Flow
    inputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FlowBook:
    """The flows of a file that has been checked."""

    flows: Mapping[str, Flow]
    routes: tuple[Rule, ...] = ()
    files: tuple[Path, ...] = ()
    """The file that was loaded, and all that it includes; none when it was a text."""

    def route(self, dialled: str, trunk: str = "") -> Route | None:
        """The flow that answers a call to `dialled` over `trunk`; None when no route is for it."""
        rule = choose(self.routes, dialled, trunk)
        if rule is None:
            return None
        flow = self.flows[rule.flow]
        return Route(flow, flow.check_inputs(rule.inputs or {}))
