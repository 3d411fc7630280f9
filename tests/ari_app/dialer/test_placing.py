"""A node that is not ready asks again in a while, not at once and for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ari_app.dialer.gate import OpenGate
from ari_app.dialer.placing import Capacity, Placer
from ari_app.store.calls import CallStore
from tests.ari_app.dialer.conftest import place_nothing
from tests.ari_app.store.samples import NOON, new_call


async def test_a_node_that_is_not_ready_is_asked_again_in_a_while(tmp_path: Path) -> None:
    store = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="node-1")
    await store.create(new_call("call_1"))
    asked = 0

    async def not_ready() -> None:
        nonlocal asked
        asked += 1
        raise TimeoutError("the records could not be told that this node lives")

    placer = Placer(
        store,
        node="node-1",
        gate=OpenGate(),
        ready=not_ready,
        place=place_nothing,
        capacity=lambda _: Capacity(1000.0, 10),
        wall=lambda: NOON,
    )
    dialling = asyncio.create_task(placer.dial("call_1", 1))
    await asyncio.sleep(0.3)
    dialling.cancel()
    await asyncio.wait([dialling])
    await store.close()
    assert asked == 1
