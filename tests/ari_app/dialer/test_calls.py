"""Outbound calls through the durable queue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from ari_app.dialer import placing
from ari_app.store.calls import CallStore
from ari_app.store.records import Status
from tests.ari_app.dialer.conftest import StartDialer, once
from tests.ari_app.store.samples import NOON, End, new_call
from tests.standins.jupiter import Jupiter


@dataclass
class Phones:
    """Where calls are placed; each takes `lasts_s`."""

    store: CallStore
    lasts_s: float = 0.0
    placed: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    live: int = 0
    most: int = 0
    over: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def place(self, call_id: str) -> None:
        self.placed.append(call_id)
        self.times.append(asyncio.get_running_loop().time())
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            self.news.set()
            await asyncio.sleep(self.lasts_s)
            await self.store.finish(call_id, End(), 16, NOON)
            self.over += 1
        finally:
            self.live -= 1
            self.news.set()

    async def wait(self, *, placed: int = 0, over: int = 0) -> None:
        async with asyncio.timeout(15):
            while len(self.placed) < placed or self.over < over:
                self.news.clear()
                await self.news.wait()


async def queue(store: CallStore, *call_ids: str) -> None:
    for call_id in call_ids:
        await store.create(new_call(call_id, callback_url=""))


async def test_a_call_is_placed_once_however_often_it_is_queued(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store)
    dialer = await start_dialer(phones.place)
    await queue(store, "call_1", "call_2")
    await asyncio.gather(*(dialer.enqueue("call_1") for _ in range(10)))
    await phones.wait(over=1)
    await dialer.enqueue("call_1")
    await dialer.enqueue("call_2")
    await phones.wait(over=2)
    assert sorted(phones.placed) == ["call_1", "call_2"]


async def test_calls_leave_at_the_pace_that_was_set(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store)
    dialer = await start_dialer(phones.place, calls_per_second=4.0)
    names = [f"call_{n}" for n in range(9)]
    await queue(store, *names)
    begun = asyncio.get_running_loop().time()
    for name in names:
        await dialer.enqueue(name)
    await phones.wait(over=9)
    assert phones.times[4] - begun >= 1.0, "five calls within a second"
    assert phones.times[8] - begun >= 2.0, "nine calls within two seconds"


async def test_no_more_calls_at_once_than_were_set(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store, lasts_s=0.2)
    dialer = await start_dialer(phones.place, calls_per_second=100.0, max_concurrent=2)
    names = [f"call_{n}" for n in range(6)]
    await queue(store, *names)
    for name in names:
        await dialer.enqueue(name)
    await phones.wait(over=6)
    assert phones.most == 2


async def test_a_call_that_was_committed_and_not_queued_is_found(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store)
    await queue(store, "call_1")
    await start_dialer(phones.place)
    await phones.wait(over=1)
    assert phones.placed == ["call_1"]


async def test_a_call_under_way_at_the_close_is_taken_up_again(store: CallStore, start_dialer: StartDialer) -> None:
    cut = Phones(store, lasts_s=60.0)
    first = await start_dialer(cut.place)
    await queue(store, "call_1")
    await first.enqueue("call_1")
    await cut.wait(placed=1)
    await first.close()
    phones = Phones(store)
    await start_dialer(phones.place)
    await phones.wait(over=1)
    assert phones.placed == ["call_1"]


async def test_a_call_that_cannot_be_placed_ends_with_the_reason(
    store: CallStore, start_dialer: StartDialer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def fail(_call_id: str) -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError("no trunk is set up")

    monkeypatch.setattr(placing, "_PLACE_AGAIN_S", (0.01, 0.01))
    dialer = await start_dialer(fail)
    await queue(store, "call_1")
    await dialer.enqueue("call_1")
    record = await once(lambda: store.get("call_1"), lambda record: record is not None and record.status.final)
    assert record
    assert tries == 3
    assert (record.status, record.outcome) == (Status.FAILED, "failed")
    assert record.reason == "the call could not be placed: RuntimeError: no trunk is set up"


async def test_a_decision_in_a_call_is_delivered_while_the_call_goes_on(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    hung_up = asyncio.Event()

    async def place(call_id: str) -> None:
        await store.decide(call_id, call_id, "confirmed", {})
        await hung_up.wait()
        await store.finish(call_id, End(), 16, NOON)

    dialer = await start_dialer(place, sweep_s=1000.0)
    await store.create(new_call("call_1", callback_url=jupiter.url))
    await dialer.enqueue("call_1")
    await jupiter.wait_received(1)
    hung_up.set()
    await once(lambda: store.get("call_1"), lambda record: record is not None and record.status.final)
    assert len(jupiter.received) == 1


async def test_two_engines_in_one_process_are_refused(start_dialer: StartDialer) -> None:
    await start_dialer()
    with pytest.raises(RuntimeError, match="close it first"):
        await start_dialer()


async def test_the_loops_threads_work_after_the_close(start_dialer: StartDialer) -> None:
    dialer = await start_dialer()
    await dialer.close()
    assert await asyncio.to_thread(lambda: 7) == 7
