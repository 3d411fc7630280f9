"""Pages and histories, on both databases."""

from __future__ import annotations

import pytest

from ari_app.store.audit import AuditLine
from ari_app.store.batch import BatchConflictError
from ari_app.store.calls import CallStore
from ari_app.store.listing import Filter, Position
from ari_app.store.records import NewCall, Status
from ari_app.store.terms import Terms
from tests.ari_app.store.samples import NOON, new_call


async def test_pages_meet_without_gap_or_repeat(store: CallStore) -> None:
    await store.create_many([new_call(f"call_{number}") for number in range(5)])
    found: list[str] = []
    after = None
    while page := await store.listing.page(Filter(), after, 2):
        found += [call.id for call in page]
        after = Position(page[-1].created_at, page[-1].id)
    assert found == [f"call_{number}" for number in reversed(range(5))]


async def test_filters_meet(store: CallStore) -> None:
    await store.create(new_call("a", terms=Terms(party="vendor-31"), order_id="A17"))
    await store.create(new_call("b", terms=Terms(party="vendor-32"), order_id="A17"))
    found = await store.listing.page(Filter(party="vendor-31", order_id="A17", status=Status.QUEUED), None, 9)
    assert [call.id for call in found] == ["a"]
    assert await store.listing.page(Filter(created_before=NOON.replace(year=2000)), None, 9) == []


async def test_a_history_is_read_from_any_line_on(store: CallStore) -> None:
    await store.create(new_call("a"))
    for digit in "123":
        await store.event("a", "key", {"digit": digit})
    lines = await store.listing.history("a")
    assert [line.event.data["digit"] for line in lines] == ["1", "2", "3"]
    assert list(await store.listing.history("a", after=lines[0].id, limit=1)) == [lines[1]]
    assert list(await store.listing.latest("a", 2)) == list(lines[1:])
    assert (await store.listing.status("a"), await store.listing.status("b")) == (Status.QUEUED, None)


async def test_a_batch_with_a_conflict_records_nothing(store: CallStore) -> None:
    await store.create(new_call("old", idempotency_key="k", request_hash="h"))
    new = [new_call("x"), new_call("y", idempotency_key="k", request_hash="other")]
    with pytest.raises(BatchConflictError, match="'k' came before") as caught:
        await store.create_many(new)
    assert caught.value.index == 1
    assert [call.id for call in await store.list_recent()] == ["old"]


async def test_the_audit_is_read_newest_first(store: CallStore) -> None:
    for number in range(3):
        await store.audit.note(AuditLine(NOON, "jupiter", "initiate", f"call_{number}", 202, "127.0.0.1", {"calls": 1}))
    lines = await store.audit.page(limit=2)
    assert [record.line.target for record in lines] == ["call_2", "call_1"]
    older = await store.audit.page(before=lines[-1].id)
    assert [record.line for record in older] == [
        AuditLine(NOON, "jupiter", "initiate", "call_0", 202, "127.0.0.1", {"calls": 1})
    ]
    assert await store.audit.page(actor="nobody") == []


async def test_a_batch_stands_in_line_as_its_calls_one_by_one(store: CallStore) -> None:
    def some(prefix: str) -> list[NewCall]:
        terms = [Terms(party=party, priority=priority) for party in "aab" for priority in (5, 2)] * 2
        return [new_call(f"{prefix}{number}", terms=each) for number, each in enumerate(terms)]

    await store.create(new_call("before", terms=Terms(party="a")))
    alone = [(await store.create(call)).rank for call in some("x")]
    for call in some("x"):
        await store.cancel(call.id, "again", "test")
    assert [record.rank for record in await store.create_many(some("y"))] == alone


async def test_a_batch_finds_calls_of_before_and_of_its_own(store: CallStore) -> None:
    await store.create(new_call("old", idempotency_key="k", request_hash="h"))
    new = [
        new_call("x", idempotency_key="k", request_hash="h"),
        new_call("y", idempotency_key="twice", request_hash="h"),
        new_call("z", idempotency_key="twice", request_hash="h"),
        new_call("w"),
    ]
    assert [record.id for record in await store.create_many(new)] == ["old", "y", "y", "w"]
