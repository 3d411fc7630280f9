"""What a flows file and the files that it includes hold together: one namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr_flows.model.file import RouteSpec
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.hours import HoursSpec
from ivr_flows.model.steps import Fact


@dataclass(frozen=True, slots=True)
class Project:
    """All names of all files, those of sound shape. `routes` in their order.

    `written`: the names of all flows, also of those whose own shape is wrong.
    """

    flows: Mapping[str, FlowBody] = field(default_factory=dict)
    hours: Mapping[str, HoursSpec] = field(default_factory=dict)
    knowledge: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    routes: tuple[RouteSpec, ...] = ()
    written: frozenset[str] = frozenset()
