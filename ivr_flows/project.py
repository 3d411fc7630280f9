"""What a flows file and the files that it includes hold together: one namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr_flows.model.file import RouteSpec, Unrouted
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.hours import HoursSpec
from ivr_flows.model.steps import Fact

Place = tuple[str, int]
"""A file and a line in it."""


@dataclass(frozen=True, slots=True)
class Project:
    """All names of all files, as far as their shape is right. `routes` in their order.

    `written`: by section (flows, hours, knowledge), every name and where it stands, also of those whose shape is wrong.
    `route_places`: where each of `routes` stands.
    """

    flows: Mapping[str, FlowBody] = field(default_factory=dict)
    hours: Mapping[str, HoursSpec] = field(default_factory=dict)
    knowledge: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    routes: tuple[RouteSpec, ...] = ()
    route_places: tuple[Place, ...] = ()
    unrouted: Unrouted = "busy"
    written: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
