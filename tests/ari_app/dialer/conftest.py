from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from ari_app.dialer.dialer import Dialer
from ari_app.dialer.gate import OpenGate
from ari_app.dialer.placing import Place
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from ari_app.store.records import Attempt, CallRecord
from tests.standins.jupiter import Jupiter, serve

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
T = TypeVar("T")
StartDialer = Callable[..., Awaitable[Dialer]]


async def once(read: Callable[[], Awaitable[T]], good: Callable[[T], bool], timeout_s: float = 15.0) -> T:
    """What `read` gives, once it is `good`: for what only the database tells."""
    async with asyncio.timeout(timeout_s):
        while True:
            value = await read()
            if good(value):
                return value
            await asyncio.sleep(0.02)


async def place_nothing(_call: CallRecord, _attempt: Attempt) -> None:
    """An attempt that is over at once, and tells nobody."""


async def at_once() -> None:
    """There is always room."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CallStore]:
    store = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="node-1")
    yield store
    await store.close()


@pytest.fixture
async def jupiter() -> AsyncIterator[Jupiter]:
    jupiter = Jupiter(SECRET)
    runner, _ = await serve(jupiter)
    yield jupiter
    await runner.cleanup()


@pytest.fixture
async def start_dialer(tmp_path: Path, store: CallStore) -> AsyncIterator[StartDialer]:
    """Start dialers on one queue, one after the other; the last is closed at the end."""
    async with AsyncExitStack() as stack:

        async def start(
            place: Place = place_nothing, *, on: CallStore = store, node: str = "node-1", **settings: object
        ) -> Dialer:
            values: dict[str, object] = {
                "queue_poll_s": 0.05,
                "callback_retry_s": (0.1, 0.1, 0.1),
                "callback_timeout_s": 1.0,
            }
            values |= {"callback_allow": ["127.0.0.1"]}
            dialer = Dialer(
                DialerSettings.model_validate(values | settings),
                store=on,
                place=place,
                ready=at_once,
                gate=OpenGate(),
                trunks=("test-trunk",),
                node=node,
                queue_url=f"sqlite:///{tmp_path}/queue.db",
                webhook_secrets=[SECRET],
            )
            await dialer.start()
            stack.push_async_callback(dialer.close)
            return dialer

        yield start
