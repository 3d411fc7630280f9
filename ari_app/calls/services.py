"""What calls are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ari_app.calls.apology import Apologies
from ari_app.calls.switch import Switch
from ari_app.calls.turn_times import TurnFigures
from ari_app.calls.understanding import Understanding
from ari_app.jupiter.services import Services as Backends
from ari_app.ops.settings import Settings
from ari_app.store.calls import CallStore
from ivr_flows.book import FlowBook
from media.clock import Clock
from media.dialog.protocol import MediaLeg
from media.flight.log import FlightLog
from media.flight.writer import FlightWriter


class OpenLeg(Protocol):
    """Opens a call's media, with its port."""

    def __call__(self, record: Path | None, flight: FlightLog | None = None, /) -> MediaLeg:
        """Recorded and logged there, if anywhere. Raises `TransportError`."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What one call hears, speaks and understands with: the same from its beginning to its end."""

    open_leg: OpenLeg
    understanding: Callable[[], Understanding]
    """Asked at once, with the first leg."""


class Equip(Protocol):
    """Gives calls their engines, which stay for as long as the call has them."""

    def equip(self, call_id: str) -> Equipment:
        """The engines of new calls, held for this one."""

    def let_go(self, call_id: str) -> None:
        """It has ended, or never began: what it held may go."""


@dataclass(frozen=True, slots=True)
class Services:
    """The systems, the engines and the clocks that every call of a node shares."""

    settings: Settings
    store: CallStore
    flows: Callable[[], FlowBook]
    switch: Switch
    engines: Equip
    backends: Backends
    clock: Clock
    flights: FlightWriter | None = None
    """Where each call's flight log goes."""
    apologies: Apologies = field(default_factory=lambda: Apologies({}))
    lateness_ms: Callable[[float], float] = lambda _: 0.0
    """Of the media loop over the last so many seconds: the 99th percentile."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    turns: TurnFigures = field(default_factory=TurnFigures)
    """What callers waited for."""
    certain: Callable[[], bool] = lambda: True
    """Whether no peer can have taken over what this node has."""
