"""Outbound calls through the durable queue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ari_app.calls.outcome import Final
from ari_app.store.calls import CallStore, Ending
from ari_app.store.records import Attempt, CallRecord, Status
from ari_app.store.terms import Cause, Retries, RetryRule, Terms
from ari_app.store.transactions import Technical
from tests.ari_app.dialer.conftest import StartDialer, once
from tests.ari_app.store.samples import NOON, End, new_call
from tests.standins.jupiter import Jupiter


@dataclass
class Phones:
    """Where calls are placed; each takes `lasts_s`."""

    store: CallStore
    lasts_s: float = 0.0
    ending: Ending = field(default_factory=End)
    placed: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    live: int = 0
    most: int = 0
    over: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def place(self, call: CallRecord, attempt: Attempt) -> None:
        call_id = call.id
        self.placed.append(call_id)
        self.times.append(asyncio.get_running_loop().time())
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            self.news.set()
            await asyncio.sleep(self.lasts_s)
            await self.store.end_attempt(call_id, self.ending, Technical(16), datetime.now(UTC), 0.5)
            self.over += 1
        finally:
            self.live -= 1
            self.news.set()

    async def wait(self, *, placed: int = 0, over: int = 0) -> None:
        async with asyncio.timeout(15):
            while len(self.placed) < placed or self.over < over:
                self.news.clear()
                await self.news.wait()


async def queue(store: CallStore, *call_ids: str, **values: Any) -> None:
    """Each to a number of its own."""
    for call_id in call_ids:
        number = f"+9198{abs(hash(call_id)) % 10**8:08d}"
        await store.create(replace(new_call(call_id, callback_url=""), **{"to": number, **values}))


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
    assert phones.times[4] - begun >= 0.99, "five calls within a second"
    assert phones.times[8] - begun >= 1.99, "nine calls within two seconds"


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


async def test_a_call_that_cannot_be_placed_keeps_the_reason_and_waits_for_its_turn_again(
    store: CallStore, start_dialer: StartDialer
) -> None:
    async def fail(_call: CallRecord, _attempt: Attempt) -> None:
        raise RuntimeError("no trunk is set up")

    dialer = await start_dialer(fail)
    await queue(store, "call_1")
    await dialer.enqueue("call_1")
    record = await once(lambda: store.get("call_1"), lambda record: record is not None and bool(record.attempt_no))
    made = await once(lambda: store.attempts_of("call_1"), lambda made: made[0].ended_at is not None)
    assert record
    assert not record.status.final
    assert made[0].outcome == "not_dialled"
    assert made[0].reason == "the call could not be placed: RuntimeError: no trunk is set up"


async def test_a_busy_phone_is_tried_again_as_its_terms_say(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store, ending=Final(Status.BUSY, "busy", "busy", again=Cause.BUSY))
    dialer = await start_dialer(phones.place)
    terms = Terms(retries=Retries(busy=RetryRule(times=2, wait_s=(0.2,))))
    await queue(store, "call_1", terms=terms)
    await dialer.enqueue("call_1")
    record = await once(lambda: store.get("call_1"), lambda record: record is not None and record.status.final)
    assert record
    assert (record.status, record.attempt_no) == (Status.BUSY, 3)
    assert phones.placed == ["call_1"] * 3
    assert [one.outcome for one in await store.attempts_of("call_1")] == ["busy"] * 3


async def test_one_number_is_never_called_twice_at_once(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store, lasts_s=0.2)
    dialer = await start_dialer(phones.place, calls_per_second=100.0)
    names = [f"call_{n}" for n in range(4)]
    await queue(store, *names, to="+919812345678")
    for name in names:
        await dialer.enqueue(name)
    await phones.wait(over=4)
    assert phones.most == 1
    assert sorted(phones.placed) == names


async def test_the_urgent_are_first_and_the_late_are_not_called(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store)
    bulk = ["bulk_1", "bulk_2", "bulk_3"]
    await queue(store, *bulk, terms=Terms(priority=9, party="a shop"))
    await queue(store, "late", terms=Terms(priority=0, latest_at=NOON))
    await queue(store, "urgent", terms=Terms(priority=0))
    await start_dialer(phones.place, calls_per_second=5.0)
    await phones.wait(over=4)
    assert "urgent" in phones.placed[:2], "none goes before it but one that had asked when it left the queue"
    assert [name for name in phones.placed if name != "urgent"] == bulk
    late = await once(lambda: store.get("late"), lambda record: record is not None and record.status.final)
    assert late
    assert (late.status, late.outcome, late.attempt_no) == (Status.FAILED, "expired", 0)


async def test_a_canceled_call_is_not_made(store: CallStore, start_dialer: StartDialer) -> None:
    phones = Phones(store)
    await queue(store, "call_1", due_at=datetime.now(UTC) + timedelta(seconds=0.5))
    await queue(store, "call_2", due_at=datetime.now(UTC) + timedelta(seconds=0.6))
    await start_dialer(phones.place)
    assert await store.cancel("call_1", "the order was withdrawn", "jupiter")
    await phones.wait(over=1)
    record = await store.get("call_1")
    assert record
    assert phones.placed == ["call_2"]
    assert (record.status, record.reason) == (Status.CANCELED, "the order was withdrawn")


async def test_a_decision_in_a_call_is_delivered_while_the_call_goes_on(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    hung_up = asyncio.Event()

    async def place(call: CallRecord, _attempt: Attempt) -> None:
        await store.decide(call.id, call.id, "confirmed", {})
        await hung_up.wait()
        await store.end_attempt(call.id, End(), Technical(16), NOON, 0.5)

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
