"""A desk with a real store (SQLite) and real flows, before a scripted switch and scripted legs; in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ari_app.calls.apology import Apologies
from ari_app.calls.call import Call
from ari_app.calls.desk import Arrival, CallDesk
from ari_app.calls.ids import Names
from ari_app.calls.services import Equipment, Services
from ari_app.calls.state import Happening
from ari_app.calls.understanding import Understanding
from ari_app.dialer.gate import OpenGate
from ari_app.jupiter.services import Services as Backends
from ari_app.ops.settings import CallSettings, MediaSettings, Settings, TestTrunkSettings
from ari_app.store.calls import CallStore
from ari_app.store.queue import Begin, Turn
from ari_app.store.records import CallRecord
from ivr_flows.loader import parse_flows
from media.clock import MonotonicClock
from media.flight.log import FlightLog
from media.transport.rtp import NoPortError
from tests.ari_app.calls.fakes import ScriptedLeg, ScriptedSwitch
from tests.ari_app.calls.scene import FLOWS
from tests.ari_app.store.samples import new_call

SHOP, VENDOR = "+918000000001", "+919812345678"
OTHER = "+919812345699"
ARRIVAL = Arrival("170000.1", "test-trunk", SHOP, "+919800000000")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Office:
    """The desk and all that is around it."""

    def __init__(
        self,
        folder: Path,
        store: CallStore,
        *,
        max_calls: int = 10,
        now: Callable[[], datetime] = utc_now,
        apologies: Mapping[str, Path] | None = None,
    ) -> None:
        self.store = store
        self.switch = ScriptedSwitch()
        self.legs: list[ScriptedLeg] = []
        self.recordings: list[Path | None] = []
        """Where each leg's call is recorded."""
        self.ports = 100
        self.equipped: set[str] = set()
        """Calls that have engines."""
        self.no_minds: Exception | None = None
        """Raised where a call asks for its minds."""
        self.flows = parse_flows(FLOWS)
        self.settings = Settings(
            run_dir=folder,
            flows=folder / "flows.yaml",
            media=MediaSettings(max_calls=max_calls),
            calls=CallSettings(max_s=20),
            test_trunk=TestTrunkSettings(contacts={VENDOR: "127.0.0.1:5090", OTHER: "127.0.0.1:5092"}),
        )
        self.desk = CallDesk(
            Services(
                settings=self.settings,
                store=store,
                flows=lambda: self.flows,
                switch=self.switch,
                engines=self,
                backends=Backends({}),
                clock=MonotonicClock(),
                apologies=Apologies(apologies or {}),
                now=now,
            )
        )
        self.switch.on_media = self._media_entered
        self.switch.on_gone = self._gone

    async def recorded(self, call_id: str, **changes: object) -> str:
        """An outbound call in the store, as the API puts it there."""
        call = replace(new_call(call_id), flow="order", inputs={"order_id": call_id}, to=VENDOR, language="en")
        await self.store.create(replace(call, **changes))  # type: ignore[arg-type]
        return call_id

    async def begin(self, call_id: str) -> Turn:
        """Begin an attempt of a recorded call, as the dialer does."""
        record = await self.record(call_id)
        ordinal = record.attempt_no + 1
        channel = Names("node-1", call_id, attempt=ordinal).leg
        return await self.store.begin_attempt(Begin(call_id, ordinal, channel, "node-1", 0, 1000.0, 100), OpenGate())

    async def place(self, call_id: str) -> None:
        """Begin an attempt once there is room, and see it to its end."""
        await self.desk.room()
        turn = await self.begin(call_id)
        if turn.call and turn.attempt:
            await self.desk.place(turn.call, turn.attempt)

    async def record(self, call_id: str) -> CallRecord:
        found = await self.store.get(call_id)
        assert found is not None
        return found

    async def the_only_record(self) -> CallRecord:
        (record,) = await self.store.list_recent()
        return record

    async def live(self, count: int = 1) -> list[Call]:
        """The live calls, once there are so many."""
        await self.until(lambda: len(self.desk.live) == count, f"{count} live calls")
        return list(self.desk.live.values())

    async def talking(self) -> Call:
        """The live call, once its flow runs."""
        (call,) = await self.live()
        await self.until(lambda: bool(self.legs[-1].listened), "the flow's first question")
        return call

    @staticmethod
    async def until(condition: Callable[[], bool], what: str) -> None:
        """Wait for what a thread of the database brings."""
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline, f"expected {what} within 5 s"
            await asyncio.sleep(0.002)

    def equip(self, call_id: str) -> Equipment:
        """Engines that say and hear nothing."""
        self.equipped.add(call_id)
        return Equipment(self._open_leg, self._understanding)

    def let_go(self, call_id: str) -> None:
        """They may go."""
        self.equipped.discard(call_id)

    def _open_leg(self, record: Path | None, _flight: FlightLog | None = None) -> ScriptedLeg:
        if len(self.legs) >= self.ports:
            raise NoPortError("no even UDP port is free")
        self.legs.append(ScriptedLeg())
        self.recordings.append(record)
        return self.legs[-1]

    def _understanding(self) -> Understanding:
        if self.no_minds:
            raise self.no_minds
        return Understanding([])

    def _media_entered(self) -> None:
        for call in self.desk.live.values():
            call.media_entered()

    def _gone(self, channel: str) -> None:
        for call in list(self.desk.live.values()):
            if call.person == channel:
                call.happened(Happening.LEG_GONE, cause=16)


@asynccontextmanager
async def open_office(
    folder: Path,
    *,
    max_calls: int = 10,
    now: Callable[[], datetime] = utc_now,
    apologies: Mapping[str, Path] | None = None,
) -> AsyncIterator[Office]:
    """An office whose calls have all ended when it is left."""
    store = await CallStore.open(f"sqlite:///{folder}/calls.db", node="node-1")
    office = Office(folder, store, max_calls=max_calls, now=now, apologies=apologies)
    try:
        yield office
    finally:
        await office.desk.close(0)
        await store.close()
