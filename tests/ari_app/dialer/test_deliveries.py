"""What a whole node does with its callbacks: their order, dead letters, other nodes, restarts and clocks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert

from ari_app.dialer.delivery import Deliverer
from ari_app.dialer.hosts import HostSlots
from ari_app.dialer.retry import Answer
from ari_app.store.callbacks import add_event_callback
from ari_app.store.calls import CallStore
from ari_app.store.records import CallbackRecord, CallbackStatus, Delivery, Direction
from ari_app.store.result import DECIDED, EVENT_TYPES, RINGING
from ari_app.store.tables import nodes
from ari_app.store.terms import Terms
from tests.ari_app.dialer.conftest import StartDialer, once
from tests.ari_app.dialer.test_lookups import Clock
from tests.ari_app.store.samples import NOON, URL, new_call
from tests.standins.jupiter import Behaviour, Jupiter, Mode
from tests.standins.postgresql import cluster, find_programs

PROGRAMS = find_programs()


async def tell(store: CallStore, kind: str, call_id: str = "call_1") -> None:
    """What happened, as the transactions of a call tell it."""
    call = await store.get(call_id)
    assert call
    work = partial(add_event_callback, call=call, kind=kind, data={}, at=NOON)

    async def told(connection: object) -> tuple[None, str | None]:
        return None, await work(connection)  # type: ignore[arg-type]

    await store._commit_and_tell(told)


async def create(store: CallStore, url: str, call_id: str = "call_1") -> None:
    """A call that nobody dials: what happens to it is told here."""
    call = new_call(call_id, direction=Direction.INBOUND, callback_url=url, terms=Terms(events=EVENT_TYPES))
    await store.create(call)


async def settled(store: CallStore) -> None:
    await once(store.pending_callbacks, lambda pending: not pending)


def received(jupiter: Jupiter) -> list[str]:
    return [str(entry["id"]) for entry in jupiter.received]


async def test_a_calls_callbacks_arrive_in_order_through_failures_and_lost_replies(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    await start_dialer(callback_retry_s=(0.02,) * 20)
    await create(store, jupiter.url)
    await create(store, jupiter.url, "call_2")
    for n in range(4):
        jupiter.behaviour = Behaviour(Mode.ERROR if n % 2 else Mode.LOSE, times=2, status=503)
        await tell(store, RINGING)
        await tell(store, RINGING, "call_2")
    await store.decide("call_1", "order", "confirmed", {})
    await settled(store)
    for call, order in (("msg_1", ["msg_1.1", "msg_1.2", "msg_1.3", "msg_1.4", "msg_1.5", "msg_1"]), ("msg_2", None)):
        came = [callback_id for callback_id in received(jupiter) if callback_id.partition(".")[0] == call]
        assert list(dict.fromkeys(came)) == (order or [f"msg_2.{n}" for n in range(1, 5)])
        assert came == sorted(came, key=list(dict.fromkeys(came)).index), "one came again after its follower"
    by_id = {entry["id"]: json.dumps(entry["body"]) for entry in jupiter.received}
    assert all(by_id[entry["id"]] == json.dumps(entry["body"]) for entry in jupiter.received)


async def test_a_dead_letter_lets_the_next_go_and_arrives_when_it_is_sent_again(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=2)
    await start_dialer(callback_retry_s=(0.02,))
    await create(store, jupiter.url)
    await tell(store, RINGING)
    await tell(store, DECIDED)
    await settled(store)
    assert received(jupiter) == ["msg_1.2"]
    await store.outbox.resend("msg_1.1")
    await settled(store)
    await store.outbox.resend("msg_1.1")
    await settled(store)
    assert received(jupiter) == ["msg_1.2", "msg_1.1", "msg_1.1"]


async def test_a_receiver_that_wants_no_more_gets_no_more_until_it_is_enabled(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=1, status=410)
    await start_dialer()
    for n in range(3):
        await create(store, jupiter.url, f"call_{n}")
        await tell(store, RINGING, f"call_{n}")
        await settled(store)
    assert jupiter.requests == 1
    dead = await store.callback("msg_2.1")
    assert dead
    assert dead.status is CallbackStatus.DEAD
    assert dead.last_error == "its address is disabled until it is enabled again: answered 410 Gone"
    await store.outbox.enable(jupiter.url)
    await store.outbox.resend("msg_2.1")
    await settled(store)
    assert received(jupiter) == ["msg_2.1"]


async def test_a_receiver_that_hangs_keeps_no_other_waiting(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    async def swallow(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    gone = asyncio.Event()
    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    hanging = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    await start_dialer(callback_timeout_s=60.0, callback_concurrency=4, callback_per_host=3)
    for n in range(8):
        await create(store, hanging, f"call_{n}")
        await tell(store, RINGING, f"call_{n}")
    await create(store, jupiter.url, "call_9")
    await tell(store, RINGING, "call_9")
    await jupiter.wait_received(1)
    gone.set()
    server.close()


# -- clocks and restarts, without an engine ---------------------------------------------------------------------------


class Receiver:
    """Gives its answers one after the other, the last again and again; knows the most that were with it at once."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.sent: list[str] = []
        self.most = 0
        self._inside = 0

    async def send(self, callback: CallbackRecord) -> Answer:
        self.sent.append(callback.id)
        self._inside += 1
        self.most = max(self.most, self._inside)
        await asyncio.sleep(0)
        self._inside -= 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Life:
    """A life of a node: what it knows besides the store is gone with it."""

    def __init__(self, store: CallStore, receiver: Receiver, wall: Callable[[], datetime]) -> None:
        self.clock = Clock()
        slots = HostSlots(total=4, per_host=3)
        waits_s = (60.0, 3600.0)
        self.deliverer = Deliverer(store, receiver, slots=slots, waits_s=waits_s, clock=self.clock, wall=wall)
        self.deliver = self.deliverer.deliver


async def test_a_wall_clock_that_is_set_changes_no_wait(store: CallStore) -> None:
    receiver, now = Receiver(Answer(500), Answer(204)), [NOON]
    life = Life(store, receiver, lambda: now[0])
    await create(store, URL)
    await tell(store, RINGING)
    assert 48 <= (await life.deliver("msg_1.1") or 0) <= 72
    for moved in (timedelta(hours=-1), timedelta(hours=1)):
        now[0] = NOON + moved
        assert 48 <= (await life.deliver("msg_1.1") or 0) <= 72
    life.clock.time_s = 73.0
    assert await life.deliver("msg_1.1") is None
    assert receiver.sent == ["msg_1.1"] * 2


@pytest.mark.parametrize(
    ("passed", "least_s", "most_s"),
    [
        (timedelta(seconds=20), 28, 52),
        (timedelta(hours=-1), 48, 72),
        (timedelta(days=1), 0, 30),
    ],
)
async def test_a_restart_goes_on_with_what_is_left_of_a_wait_and_spreads_what_is_overdue(
    store: CallStore, passed: timedelta, least_s: float, most_s: float
) -> None:
    receiver = Receiver(Answer(500), Answer(204))
    await create(store, URL)
    await tell(store, RINGING)
    await Life(store, receiver, lambda: NOON).deliver("msg_1.1")
    second = Life(store, receiver, lambda: NOON + passed)
    left_s = await second.deliver("msg_1.1")
    assert left_s is not None
    assert least_s <= left_s <= most_s
    assert len(receiver.sent) == 1
    second.clock.time_s = left_s
    assert await second.deliver("msg_1.1") is None
    assert len(receiver.sent) == 2


async def test_a_backlog_goes_out_a_few_at_a_time(store: CallStore) -> None:
    receiver = Receiver(Answer(204))
    for n in range(20):
        await create(store, URL, f"call_{n}")
        await tell(store, RINGING, f"call_{n}")
    life = Life(store, receiver, lambda: NOON)
    await asyncio.gather(*(life.deliver(f"msg_{n}.1") for n in range(20)))
    assert len(receiver.sent) == 20
    assert receiver.most <= 3


async def test_one_that_is_being_sent_is_not_sent_by_its_side(store: CallStore) -> None:
    receiver = Receiver(Answer(204))
    await create(store, URL)
    await tell(store, RINGING)
    life = Life(store, receiver, lambda: NOON)
    await asyncio.gather(*(life.deliver("msg_1.1") for _ in range(5)))
    assert receiver.sent == ["msg_1.1"]


# -- two nodes --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def pair() -> AsyncIterator[tuple[CallStore, CallStore]]:
    """Two nodes on one PostgreSQL."""
    if PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster(PROGRAMS) as server:
        with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
            connection.execute(b"CREATE DATABASE calls")
        first, second = [await CallStore.open(server.format("calls"), node=f"node-{n}") for n in (1, 2)]
        yield first, second
        await first.close()
        await second.close()


async def drain(store: CallStore, deliver: Callable[[str], Awaitable[float | None]]) -> None:
    """What a node's engine does: each that is ready, and then what a sweep finds."""
    ready = [callback_id async for callback_id, _ in store.outbox.sendable()]
    store.outbox.on_ready(ready.append)
    while ready:
        await deliver(ready.pop())


async def test_two_nodes_deliver_each_callback_once_and_in_order(pair: tuple[CallStore, CallStore]) -> None:
    receiver = Receiver(Answer(204))
    first, second = pair
    for n in range(6):
        await create(first, URL, f"call_{n}")
        for _ in range(3):
            await tell(first, RINGING, f"call_{n}")
    await asyncio.gather(
        *(drain(store, Life(store, receiver, lambda: datetime.now(UTC)).deliver) for store in (first, second))
    )
    assert not await first.pending_callbacks()
    assert len(receiver.sent) == len(set(receiver.sent)) == 18
    for n in range(6):
        mine = [callback_id for callback_id in receiver.sent if callback_id.startswith(f"msg_{n}.")]
        assert mine == sorted(mine)


async def test_what_a_lost_node_had_is_delivered_by_the_other(pair: tuple[CallStore, CallStore]) -> None:
    receiver = Receiver(Answer(204))
    first, second = pair
    await create(first, URL)
    await tell(first, RINGING)
    claimed = await first.outbox.claim("msg_1.1")
    assert claimed
    await first.outbox.settle(claimed.callback, Delivery(NOON, 500, "x", 1), CallbackStatus.PENDING, NOON)
    life = Life(second, receiver, lambda: NOON)
    await drain(second, life.deliver)
    assert not receiver.sent, "its owner lives"
    row = {"name": "node-1", "epoch": 2, "beat": 0, "lost": True, "seen_at": NOON, "started_at": NOON}
    async with second._database.write() as connection:
        await connection.execute(insert(nodes).values(row))
    await drain(second, life.deliver)
    assert receiver.sent == ["msg_1.1"]


async def test_a_lost_nodes_workflow_is_begun_anew_on_the_node_that_takes_over(
    tmp_path: Path, store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=1)
    first = await start_dialer(callback_retry_s=(0.5,))
    await create(store, jupiter.url)
    await tell(store, RINGING)
    await once(lambda: store.deliveries("msg_1.1"), bool)
    await first.close()
    row = {"name": "node-1", "epoch": 2, "beat": 0, "lost": True, "seen_at": NOON, "started_at": NOON}
    async with store._database.write() as connection:
        await connection.execute(insert(nodes).values(row))
    other = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="node-2")
    second = await start_dialer(callback_retry_s=(0.5,), on=other, node="node-2")
    await jupiter.wait_received(1)
    await settled(other)
    delivered = await other.callback("msg_1.1")
    await second.close()
    await other.close()
    assert delivered
    assert (delivered.status, delivered.node, delivered.attempts) == (CallbackStatus.DELIVERED, "node-2", 2)
