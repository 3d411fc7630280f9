"""Lives of nodes: each has an epoch, and whoever writes with an old one is refused."""

from __future__ import annotations

import pytest

from ari_app.calls.outcome import lost
from ari_app.dialer.gate import OpenGate
from ari_app.store.calls import CallStore, FencedError
from ari_app.store.queue import Begin, Due
from ari_app.store.records import Status
from tests.ari_app.store.samples import NOON, End, new_call


async def second(url: str, node: str) -> CallStore:
    return await CallStore.open(url, node=node)


async def test_each_life_of_a_node_has_an_epoch_of_its_own(any_url: str) -> None:
    lives = [await second(any_url, "node-1") for _ in range(3)]
    assert [await life.join() for life in lives] == [1, 2, 3]
    for life in lives:
        await life.close()


async def test_a_second_process_of_one_name_ends_the_first(any_url: str) -> None:
    first, other = await second(any_url, "node-1"), await second(any_url, "node-1")
    told: list[str] = []
    first.on_fenced(lambda error: told.append(str(error)))
    await first.join()
    await first.create(new_call("call_1"))
    await other.join()
    for write in (
        first.create(new_call("call_2")),
        first.beat(),
        first.event("call_1", "note", {}),
        first.add_events("call_1", (), "{}"),
        first.decide("call_1", "order", "confirmed", {}),
        first.finish("call_1", End(), 16, NOON),
    ):
        with pytest.raises(FencedError):
            await write
    assert len(told) == 6
    record = await other.get("call_1")
    assert record
    assert (record.status.final, record.outcome, await other.get("call_2")) == (False, "", None)
    await other.beat()
    await first.close()
    await other.close()


async def test_a_node_that_was_declared_lost_begins_nothing_until_it_joins_anew(any_url: str) -> None:
    frozen, peer = await second(any_url, "node-1"), await second(any_url, "node-2")
    await frozen.join()
    await peer.join()
    await peer.create(new_call("call_1"))
    (seen,) = [node for node in await peer.nodes() if node.name == "node-1"]
    assert [await peer.take_over(seen), await peer.take_over(seen)] == [True, False]
    ask = Begin("call_1", 1, "channel-1", "node-1", frozen.epoch, 100.0, 10)
    with pytest.raises(FencedError, match="may write no more"):
        await frozen.begin_attempt(ask, OpenGate())
    assert await peer.attempts_of("call_1") == []
    assert await frozen.join() == 3
    assert (await frozen.begin_attempt(ask, OpenGate())).attempt
    assert [(node.name, node.lost) for node in await peer.nodes()] == [("node-1", False), ("node-2", False)]
    await frozen.close()
    await peer.close()


async def test_a_beat_is_seen_by_the_others(any_url: str) -> None:
    one, other = await second(any_url, "node-1"), await second(any_url, "node-2")
    await one.join()
    before = (await other.nodes())[0]
    await one.beat()
    after = (await other.nodes())[0]
    assert (after.epoch, after.beat) == (before.epoch, before.beat + 1)
    await one.close()
    await other.close()


async def test_what_a_lost_node_had_is_ended_and_what_it_had_not_dialled_is_dialled_by_another(any_url: str) -> None:
    frozen, peer = await second(any_url, "node-1"), await second(any_url, "node-2")
    due: list[Due] = []
    peer.on_due(due.append)
    await frozen.join()
    await peer.join()
    for number in range(1, 4):
        name = f"call_{number}"
        await frozen.create(new_call(name, to=f"+91980000000{number}"))
        if number < 3:
            ask = Begin(name, 1, f"leg-{number}", "node-1", frozen.epoch, 1000.0, 10)
            assert (await frozen.begin_attempt(ask, OpenGate())).attempt
    assert await frozen.dialled("call_1", "leg-1")
    ending = lost("node node-1 was lost during the call")
    assert not (await peer.end_lost("call_1", "node-1", ending, 0.5)).status.final, "it is not lost yet"
    (seen,) = [node for node in await peer.nodes() if node.name == "node-1"]
    await peer.take_over(seen)
    assert sorted(await peer.lost_calls("node-1")) == ["call_1", "call_2"]
    for _ in range(2):
        rung = await peer.end_lost("call_1", "node-1", ending, 0.5)
        unrung = await peer.end_lost("call_2", "node-1", ending, 0.5)
    assert (rung.status, rung.reason) == (Status.FAILED, "node node-1 was lost during the call")
    assert (unrung.status.final, [(one.call_id, one.ordinal) for one in due]) == (False, [("call_2", 2)])
    anew = Begin("call_2", 2, "leg-2b", "node-2", peer.epoch, 1000.0, 10)
    assert (await peer.begin_attempt(anew, OpenGate())).attempt
    assert not (await peer.end_lost("call_2", "node-1", ending, 0.5)).status.final, "it is another's by now"
    assert [one.outcome for one in await peer.attempts_of("call_2")] == ["not_dialled", ""]
    await frozen.close()
    await peer.close()
