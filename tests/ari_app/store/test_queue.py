"""What keeps an attempt from beginning, each on its own, and what its end brings about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.gate import OpenGate
from ari_app.store.calls import CallStore
from ari_app.store.queue import Begin, Due, Standing, Turn, Verdict
from ari_app.store.records import CallRecord, Status
from ari_app.store.terms import Cause, Retries, RetryRule, Terms
from ari_app.store.transactions import Technical
from tests.ari_app.store.samples import End, new_call

BUSY = End(Status.BUSY, "busy", "busy", again=Cause.BUSY)
FAULT = End(Status.FAILED, "failed", "the records were away", again=Cause.UNREACHABLE)
AGAIN = Terms(retries=Retries(busy=RetryRule(times=2, wait_s=(60.0,))))


class Strict:
    """A policy that always says the same."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    async def look(self, connection: AsyncConnection, call: CallRecord, now: datetime) -> Verdict:
        return self.verdict


async def begin(store: CallStore, call_id: str, ordinal: int = 1, **changes: object) -> Turn:
    ask = Begin(call_id, ordinal, f"leg-{call_id}-{ordinal}", "node-1", 0, 1000.0, 10)
    return await store.begin_attempt(replace(ask, **changes), OpenGate())  # type: ignore[arg-type]


async def add(store: CallStore, call_id: str, number: str = "", **changes: object) -> None:
    await store.create(new_call(call_id, to=number or f"+9198{abs(hash(call_id)) % 10**8:08d}", **changes))


async def test_an_attempt_holds_its_number_until_its_end_names_who_is_next(store: CallStore) -> None:
    due: list[Due] = []
    store.on_due(due.append)
    await add(store, "call_1", "+919800000001")
    await add(store, "call_2", "+919800000001")
    assert (await begin(store, "call_1")).standing is Standing.BEGUN
    assert (await begin(store, "call_2")).standing is Standing.IN_LINE
    assert [one.call_id for one in await store.waiting()] == []
    await store.end_attempt("call_1", End(), Technical(16), datetime.now(UTC), 0.5)
    assert [one.call_id for one in due] == ["call_2"]
    assert (await begin(store, "call_2")).standing is Standing.BEGUN


async def test_a_trunk_carries_no_more_than_it_may(store: CallStore) -> None:
    for name in ("call_1", "call_2"):
        await add(store, name, trunk="exotel")
    await add(store, "call_3", trunk="test-trunk")
    assert (await begin(store, "call_1", most=1)).standing is Standing.BEGUN
    full = await begin(store, "call_2", most=1)
    assert (full.standing, full.wait_s > 0) == (Standing.FULL, True)
    assert (await begin(store, "call_3", most=1)).standing is Standing.BEGUN


async def test_a_trunk_has_its_pace(store: CallStore) -> None:
    await add(store, "call_1")
    await add(store, "call_2")
    assert (await begin(store, "call_1", per_second=0.01)).standing is Standing.BEGUN
    paced = await begin(store, "call_2", per_second=0.01)
    assert paced.standing is Standing.PACED
    assert 90 < paced.wait_s <= 100


async def test_nothing_is_dialled_while_dialling_is_off(store: CallStore) -> None:
    await add(store, "call_1")
    await store.policy.set_switch(on=False, reason="a fault", by="operator")
    assert (await begin(store, "call_1")).standing is Standing.HELD
    await store.policy.set_switch(on=True, reason="mended", by="operator")
    assert (await begin(store, "call_1")).standing is Standing.BEGUN


async def test_what_is_not_due_waits_and_what_is_late_is_over(store: CallStore) -> None:
    now = datetime.now(UTC)
    await add(store, "call_1", due_at=now + timedelta(hours=1))
    await add(store, "call_2", terms=Terms(latest_at=now - timedelta(seconds=1)))
    later, late = await begin(store, "call_1"), await begin(store, "call_2")
    assert later.standing is Standing.LATER
    assert 3590 < later.wait_s <= 3600
    assert (late.standing, late.code) == (Standing.OVER, "expired")


async def test_an_order_that_is_canceled_is_not_called_about(store: CallStore) -> None:
    await add(store, "call_1", order_id="4711")
    await store.orders.cancel("4711", reason="the shop closed", by="jupiter")
    turn = await begin(store, "call_1")
    assert turn.standing in (Standing.OVER, Standing.SETTLED)
    assert await store.attempts_of("call_1") == []


@pytest.mark.parametrize("postponed", [True, False])
async def test_the_policy_refuses_or_puts_off(store: CallStore, postponed: bool) -> None:
    until = datetime.now(UTC) + timedelta(hours=9)
    await add(store, "call_1")
    ask = Begin("call_1", 1, "leg", "node-1", 0, 100.0, 10)
    verdict = Verdict("calling_hours", "before nine", until if postponed else None)
    turn = await store.begin_attempt(ask, Strict(verdict))
    record = await store.get("call_1")
    assert record
    if postponed:
        assert (turn.standing, record.due_at) == (Standing.LATER, until)
        assert [line.data["code"] for line in await store.events("call_1") if line.kind == "postponed"] == [
            "calling_hours"
        ]
    else:
        assert (turn.standing, turn.code, turn.reason) == (Standing.OVER, "calling_hours", "before nine")


async def test_an_attempt_that_failed_waits_for_the_next_and_its_status_stays(store: CallStore) -> None:
    await add(store, "call_1", terms=AGAIN)
    for ordinal in (1, 2):
        await begin(store, "call_1", ordinal)
        at = datetime.now(UTC)
        record = await store.end_attempt("call_1", BUSY, Technical(17, 486), at, 0.5)
        assert (record.status, record.due_at) == (Status.RINGING, at + timedelta(seconds=60))
        await store.clock_set_back(timedelta(hours=1))
    await begin(store, "call_1", 3)
    record = await store.end_attempt("call_1", BUSY, Technical(17, 486), datetime.now(UTC), 0.5)
    assert (record.status, record.outcome, record.due_at) == (Status.BUSY, "busy", None)
    made = await store.attempts_of("call_1")
    assert [(one.ordinal, one.outcome, one.cause, one.sip_status) for one in made] == [
        (ordinal, "busy", 17, 486) for ordinal in (1, 2, 3)
    ]
    assert len(await store.callbacks_of("call_1")) == 1, "one result, however many attempts"


async def test_a_call_that_waits_for_its_next_attempt_can_be_canceled(store: CallStore) -> None:
    await add(store, "call_1", terms=AGAIN)
    await begin(store, "call_1")
    assert not await store.cancel("call_1", "enough", "operator"), "an attempt lives"
    await store.end_attempt("call_1", BUSY, Technical(17), datetime.now(UTC), 0.5)
    assert await store.cancel("call_1", "enough", "operator")
    record = await store.get("call_1")
    assert record
    assert (record.status, record.outcome, record.reason) == (Status.CANCELED, "canceled", "enough")
    assert (await begin(store, "call_1", 2)).standing is Standing.SETTLED


async def test_an_attempt_is_dialled_once(store: CallStore) -> None:
    await add(store, "call_1")
    await begin(store, "call_1")
    assert [await store.dialled("call_1", "leg-call_1-1") for _ in range(2)] == [True, False]
    await store.finish("call_1", End(), 16, datetime.now(UTC))
    assert not await store.dialled("call_1", "leg-call_1-1")


async def test_an_attempt_that_was_not_dialled_is_followed_by_another_some_times_over(store: CallStore) -> None:
    """Nobody was rung: a database that was away for a moment costs no order."""
    await add(store, "call_1")
    waits_s: list[float] = []
    for ordinal in range(1, 6):
        assert (await begin(store, "call_1", ordinal)).standing is Standing.BEGUN
        at = datetime.now(UTC)
        record = await store.end_attempt("call_1", FAULT, Technical(), at, 0.5)
        assert record.due_at
        assert not record.status.final
        waits_s.append((record.due_at - at).total_seconds())
        await store.clock_set_back(timedelta(hours=1))
    assert waits_s == [1, 2, 5, 15, 30]
    await begin(store, "call_1", 6)
    record = await store.end_attempt("call_1", FAULT, Technical(), datetime.now(UTC), 0.5)
    assert (record.status, record.reason) == (Status.FAILED, "the records were away")


async def test_an_attempt_that_was_dialled_may_have_rung_and_is_not_repeated_unasked(store: CallStore) -> None:
    await add(store, "call_1")
    await begin(store, "call_1")
    await store.dialled("call_1", "leg-call_1-1")
    record = await store.end_attempt("call_1", FAULT, Technical(), datetime.now(UTC), 0.5)
    assert (record.status, record.due_at) == (Status.FAILED, None)
