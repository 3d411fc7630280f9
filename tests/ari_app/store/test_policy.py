"""What the policy reads from the records and keeps in them, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from ari_app.dialer.gate import PolicyGate
from ari_app.dialer.policy import PolicyFacts, read_policy
from ari_app.ops.policy_settings import PolicySettings
from ari_app.store import policy
from ari_app.store.calls import CallStore
from ari_app.store.database import Database
from ari_app.store.policy import PolicyRecords, Spent, Stop
from ari_app.store.queue import Verdict
from ari_app.store.records import Status
from ari_app.store.tables import attempts, calls, controls
from ari_app.store.terms import Terms
from tests.ari_app.store.samples import new_call

KOLKATA = ZoneInfo("Asia/Kolkata")
NUMBER = "+919812345678"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=KOLKATA)


@pytest.fixture
async def database(any_url: str) -> AsyncIterator[Database]:
    database = Database(any_url)
    await database.open()
    yield database
    await database.close()


async def facts(database: Database, purpose: str = "") -> PolicyFacts:
    async with database.read() as connection:
        return await policy.gather(connection, number=NUMBER, purpose=purpose, now=NOW, zone=KOLKATA, usual="service")


async def dialled(database: Database, store: CallStore, name: str, at: datetime, purpose: str, **more: object) -> None:
    await store.create(new_call(name, terms=Terms(purpose=purpose), trunk="exotel"))
    row = {"call_id": name, "channel_id": name, "at": at, "number": NUMBER, "trunk": "exotel", "dialled_at": at}
    async with database.write() as connection:
        await connection.execute(insert(attempts).values({**row, "ended_at": at, **more}))


async def test_nothing_is_known_of_a_new_number(database: Database) -> None:
    assert await facts(database) == PolicyFacts()


async def test_today_s_attempts_are_counted_for_the_purpose_and_in_all(database: Database, store: CallStore) -> None:
    midnight = NOW.replace(hour=0)
    for name, at, purpose in (
        ("yesterday", midnight - timedelta(seconds=1), "service"),
        ("first", midnight, ""),
        ("second", midnight + timedelta(hours=9), "service"),
        ("other", midnight + timedelta(hours=10), "promotional"),
        ("clock_set_back", NOW + timedelta(hours=1), "service"),
    ):
        await dialled(database, store, name, at, purpose)
    await dialled(database, store, "never_rang", NOW, "service", dialled_at=None)
    assert (await facts(database, "service")).attempts == 4
    assert (await facts(database, "service")).attempts_of_purpose == 3
    assert (await facts(database)).attempts_of_purpose == 3
    assert (await facts(database, "promotional")).attempts_of_purpose == 1


async def test_attempts_under_way_are_counted_by_trunk(database: Database, store: CallStore) -> None:
    for number in range(3):
        await dialled(database, store, f"call_{number}", NOW, "", ended_at=None if number else NOW)
    assert (await facts(database)).underway == {"exotel": 2}


async def test_a_day_s_cost_adds_up(database: Database) -> None:
    async with database.write() as connection:
        for day, trunk, paise in (
            ("2026-03-04", "exotel", 60),
            ("2026-03-04", "exotel", 120),
            ("2026-03-04", "other", 5),
            ("2026-03-03", "exotel", 999),
            ("2026-03-05", "exotel", 0),
        ):
            await policy.add_spend(connection, trunk, day, paise)
    assert (await facts(database)).spent_paise == 185
    async with database.read() as connection:
        found = await policy.spent(connection, since="2026-03-04", until="2026-03-05")
    assert found == [Spent("2026-03-04", "exotel", 180), Spent("2026-03-04", "other", 5)]


async def test_the_first_entry_of_a_number_stands(database: Database, store: CallStore) -> None:
    records = PolicyRecords(database, lambda: NOW)
    await records.opt_out(NUMBER, "call_1")
    await records.opt_out(NUMBER, "call_2")
    assert await records.bar([NUMBER, "+919800000001", "+919800000001"], source=policy.IMPORT, reason="a list") == 1
    entry = await records.find(NUMBER)
    assert entry is not None
    assert (entry.source, entry.call_id, entry.at) == (policy.CALLER, "call_1", NOW)
    assert (await facts(database)).do_not_call == policy.CALLER
    assert [each.number for each in await records.barred()] == ["+919800000001", NUMBER]
    assert [each.number for each in await records.barred(after="+919800000001")] == [NUMBER]
    assert await records.unbar(NUMBER)
    assert not await records.unbar(NUMBER)
    assert not (await facts(database)).do_not_call


async def test_a_long_list_is_taken_whole(database: Database) -> None:
    records = PolicyRecords(database, lambda: NOW)
    numbers = [f"+91981{number:07}" for number in range(1203)]
    assert await records.bar(numbers, source=policy.IMPORT, reason="") == 1203
    assert await records.bar(numbers, source=policy.IMPORT, reason="") == 0


async def test_the_switch_holds_for_all_from_its_commit_on(database: Database) -> None:
    records = PolicyRecords(database, lambda: NOW)
    assert (await records.switch()).on
    await records.set_switch(on=False, reason="wrong prices", by="asha")
    assert (await facts(database)).off == "wrong prices"
    await records.set_switch(on=True, reason="", by="ravi")
    assert (await facts(database)).off is None
    assert (await records.switch()).by == "ravi"


@pytest.mark.parametrize(
    ("stop", "expected"), [(Stop.NOTHING, []), (Stop.RINGING, ["ringing"]), (Stop.ALL, ["ringing", "talking"])]
)
async def test_switching_off_ends_live_calls_as_far_as_is_asked(
    database: Database, store: CallStore, stop: Stop, expected: list[str]
) -> None:
    for name, status in (
        ("ringing", Status.RINGING),
        ("talking", Status.IN_PROGRESS),
        ("over", Status.COMPLETED),
    ):
        await dialled(database, store, name, NOW, "", ended_at=NOW if name == "over" else None, node="node-2")
        async with database.write() as connection:
            await connection.execute(update(calls).where(calls.c.id == name).values(status=status))
    await store.create(new_call("waiting"))
    _, ended = await PolicyRecords(database, lambda: NOW).set_switch(on=False, reason="why", by="asha", stop=stop)
    assert sorted(ended) == expected
    async with database.read() as connection:
        rows = (await connection.execute(select(controls.c.call_id, controls.c.kind, controls.c.node))).all()
    assert sorted(map(tuple, rows)) == [(name, "cancel", "node-2") for name in expected]


async def test_the_gate_answers_the_queue_and_the_api(database: Database, store: CallStore) -> None:
    gate = PolicyGate(read_policy(PolicySettings.model_validate({"tariffs": {"exotel": 0.6}})))
    good = new_call("good", trunk="exotel", caller="+911600123456")
    bad = new_call("bad", trunk="exotel", caller="+918040000000")
    assert gate.refuse(good) is None
    refused = gate.refuse(bad)
    assert refused is not None
    assert refused.field == "from"
    record = await store.create(good)
    async with database.read() as connection:
        assert await gate.look(connection, record, NOW) == Verdict()
        late = await gate.look(connection, record, NOW.replace(hour=22))
        assert (late.code, late.until) == ("calling_hours", NOW.replace(hour=9) + timedelta(days=1))
        never = await gate.look(connection, await store.create(bad), NOW)
        assert (never.code, never.until) == ("caller_id", None)
    assert gate.charge("exotel", 61.0, NOW) == ("2026-03-04", 120)
