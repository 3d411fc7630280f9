"""The front desk: takes and places calls, knows those that are live, and records how each ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from ari_app.calls.call import Call, Limits, Opening
from ari_app.calls.flow_runner import Backend, BackendError, FlowRunner, Place
from ari_app.calls.history import History, HistoryStore
from ari_app.calls.ids import Names, new_call_id
from ari_app.calls.outcome import Facts, Final
from ari_app.calls.state import Happening
from ari_app.calls.switch import Dial, Switch
from ari_app.calls.understanding import Understanding
from ari_app.ops.logging import get_logger
from ari_app.store.records import CallRecord, Decision, Direction, NewCall, Status
from ivr_flows.book import FlowBook
from ivr_flows.interpreter import start
from ivr_flows.model import Flow
from media.clock import Clock
from media.dialog.protocol import MediaLeg

_log = get_logger(__name__)


class Store(HistoryStore, Protocol):
    """What the desk asks of the store; `ari_app.store.CallStore` is it."""

    async def create(self, call: NewCall) -> CallRecord: ...
    async def get(self, call_id: str) -> CallRecord | None: ...
    async def attempt(self, call_id: str, channel_id: str) -> None: ...
    async def change_status(self, call_id: str, status: Status, at: datetime) -> bool: ...
    async def decide(self, call_id: str, subject: str, outcome: str, data: Mapping[str, object]) -> Decision: ...
    async def finish(self, call_id: str, final: Final, cause: int, at: datetime) -> CallRecord: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbound call at the door: a ringing channel in Stasis."""

    channel: str
    trunk: str
    dialled: str
    caller: str


OpenLeg = Callable[[str, Path | None], Awaitable[MediaLeg]]
"""(call id, recording or None) → the call's media, its port open."""
