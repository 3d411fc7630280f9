"""The same on PostgreSQL, records and queue: one setting each."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from ari_app.dialer.dialer import Dialer
from ari_app.dialer.gate import OpenGate
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from ari_app.store.records import Attempt, CallbackStatus, CallRecord
from ari_app.store.transactions import Technical
from tests.ari_app.dialer.conftest import SECRET, at_once, once
from tests.ari_app.store.samples import NOON, End, new_call
from tests.standins.jupiter import Jupiter
from tests.standins.postgresql import cluster, find_programs

PROGRAMS = find_programs()


@pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")
async def test_a_call_is_placed_and_its_result_delivered(jupiter: Jupiter) -> None:
    assert PROGRAMS
    with cluster(PROGRAMS) as server:
        with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
            connection.execute(b"CREATE DATABASE calls")
            connection.execute(b"CREATE DATABASE queue")
        store = await CallStore.open(server.format("calls"), node="node-1")

        async def place(call: CallRecord, _attempt: Attempt) -> None:
            await store.decide(call.id, call.id, "confirmed", {})
            await store.end_attempt(call.id, End(), Technical(16), NOON, 0.5)

        dialer = Dialer(
            DialerSettings.model_validate({"queue_poll_s": 0.1, "callback_allow": ["127.0.0.1"]}),
            store=store,
            place=place,
            ready=at_once,
            gate=OpenGate(),
            trunks=("test-trunk",),
            node="node-1",
            queue_url=server.format("queue"),
            webhook_secrets=[SECRET],
        )
        await dialer.start()
        await store.create(new_call("call_1", callback_url=jupiter.url))
        await asyncio.gather(*(dialer.enqueue("call_1") for _ in range(5)))
        await jupiter.wait_received(1)
        callback = await once(
            lambda: store.callback("msg_1"), lambda found: bool(found and found.status is CallbackStatus.DELIVERED)
        )
        await dialer.close()
        await store.close()
    assert callback
    assert callback.attempts == 1
    assert len(jupiter.received) == 1
