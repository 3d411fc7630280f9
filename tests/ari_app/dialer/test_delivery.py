"""Results on their way to a real HTTP server."""

from __future__ import annotations

import asyncio

from ari_app.store.calls import CallStore
from ari_app.store.records import CallbackRecord, CallbackStatus
from tests.ari_app.dialer.conftest import StartDialer, once
from tests.ari_app.store.samples import new_call
from tests.standins.jupiter import Behaviour, Jupiter, Mode


async def ended(store: CallStore, callback_id: str) -> CallbackRecord:
    """The callback, once it is no longer pending."""
    callback = await once(
        lambda: store.callback(callback_id), lambda found: bool(found and found.status is not CallbackStatus.PENDING)
    )
    assert callback
    return callback


async def decide(store: CallStore, url: str, call_id: str = "call_1") -> None:
    await store.create(new_call(call_id, callback_url=url))
    await store.decide(call_id, call_id, "confirmed", {"minutes": 20})


async def test_a_decision_reaches_the_backend_at_once_and_signed(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    await start_dialer(queue_poll_s=5.0)
    loop = asyncio.get_running_loop()
    took = []
    for n in range(5):
        started = loop.time()
        await decide(store, jupiter.url, f"call_{n}")
        await jupiter.wait_received(n + 1)
        took.append(loop.time() - started)
    assert sorted(took)[2] < 0.5, f"results after {took} s: waited for the queue's polling?"
    assert [(entry["id"], entry["verified"]) for entry in jupiter.received] == [(f"msg_{n}", True) for n in range(5)]
    assert (await ended(store, "msg_4")).status is CallbackStatus.DELIVERED


async def test_a_backend_that_fails_gets_it_again(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=2, status=503)
    await start_dialer()
    await decide(store, jupiter.url)
    assert (await ended(store, "msg_1")).attempts == 3
    assert [delivery.http_status for delivery in await store.deliveries("msg_1")] == [503, 503, 204]


async def test_a_lost_reply_brings_the_same_message_again(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.LOSE, times=1)
    await start_dialer()
    await decide(store, jupiter.url)
    first, second = await jupiter.wait_received(2)
    assert first["id"] == second["id"] == "msg_1"
    assert first["body"] == second["body"]
    assert second["verified"]
    callback = await ended(store, "msg_1")
    assert (callback.status, callback.attempts) == (CallbackStatus.DELIVERED, 2)


async def test_a_backend_that_hangs_is_given_up_in_time(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.HANG, times=1)
    await start_dialer(callback_timeout_s=0.2)
    await decide(store, jupiter.url)
    await ended(store, "msg_1")
    first, second = await store.deliveries("msg_1")
    assert (first.http_status, first.error) == (0, "no answer in 0.2 s")
    assert second.http_status == 204


async def test_a_backend_that_says_gone_is_left_alone(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, status=410)
    await start_dialer()
    await decide(store, jupiter.url)
    callback = await ended(store, "msg_1")
    assert (callback.status, callback.attempts, jupiter.requests) == (CallbackStatus.GONE, 1, 1)


async def test_redirects_are_not_followed_and_the_last_retry_ends_it(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, status=302, location=jupiter.url)
    await start_dialer()
    await decide(store, jupiter.url)
    callback = await ended(store, "msg_1")
    assert (callback.status, callback.attempts, jupiter.requests) == (CallbackStatus.DEAD, 4, 4)
    assert callback.last_error == "answered 302 Found"


async def test_retry_after_is_waited_for(store: CallStore, jupiter: Jupiter, start_dialer: StartDialer) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=1, status=429, retry_after="1")
    await start_dialer()
    await decide(store, jupiter.url)
    await ended(store, "msg_1")
    first, second = await store.deliveries("msg_1")
    assert (second.at - first.at).total_seconds() >= 1.0


async def test_nobody_listening_is_a_failed_attempt(store: CallStore, start_dialer: StartDialer) -> None:
    await start_dialer(callback_retry_s=())
    await decide(store, "http://127.0.0.1:1/callback")
    callback = await ended(store, "msg_1")
    assert callback.status is CallbackStatus.DEAD
    assert "ClientConnectorError" in callback.last_error


async def test_what_was_committed_while_the_dialer_was_away_is_found(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    for n in range(5):
        await decide(store, jupiter.url, f"call_{n}")
    await start_dialer()
    await jupiter.wait_received(5)
    assert {entry["id"] for entry in jupiter.received} == {f"msg_{n}" for n in range(5)}


async def test_a_wait_outlives_the_process_and_ends_in_one_delivery(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR, times=1)
    first = await start_dialer(callback_retry_s=(1.0,))
    await decide(store, jupiter.url)
    await once(lambda: store.deliveries("msg_1"), bool)
    await first.close()
    await start_dialer(callback_retry_s=(1.0,))
    assert (await ended(store, "msg_1")).attempts == 2
    assert len(jupiter.received) == 1


async def test_a_backend_that_was_away_gets_everything_when_it_is_back(
    store: CallStore, jupiter: Jupiter, start_dialer: StartDialer
) -> None:
    jupiter.behaviour = Behaviour(Mode.ERROR)
    await start_dialer(callback_retry_s=(0.2,) * 50)
    for n in range(20):
        await decide(store, jupiter.url, f"call_{n}")
    jupiter.behaviour = Behaviour(Mode.OK)
    await jupiter.wait_received(20)
    for n in range(20):
        assert (await ended(store, f"msg_{n}")).status is CallbackStatus.DELIVERED
    assert len(jupiter.received) == 20
