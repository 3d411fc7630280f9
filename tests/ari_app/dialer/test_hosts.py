from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from ari_app.dialer.hosts import HostSlots


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Crowd:
    """Those who want slots; each keeps its own until it is told to go."""

    def __init__(self, slots: HostSlots) -> None:
        self._slots = slots
        self.inside: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._go: dict[str, asyncio.Event] = {}

    async def come(self, host: str, count: int) -> None:
        for _ in range(count):
            name = f"{host}{len(self.tasks)}"
            self._go[name] = asyncio.Event()
            self.tasks.append(asyncio.create_task(self._use(host, name)))
        await settled()

    async def leave(self, name: str, *, trouble: bool) -> None:
        self._slots.report(name[0], trouble=trouble)
        self._go[name].set()
        await settled()

    async def _use(self, host: str, name: str) -> None:
        async with self._slots.slot(host):
            self.inside.append(name)
            try:
                await self._go[name].wait()
            finally:
                self.inside.remove(name)


async def test_one_receiver_takes_no_more_than_its_share() -> None:
    async with AsyncExitStack() as stack:
        crowd = Crowd(HostSlots(total=4, per_host=2))
        stack.callback(lambda: [task.cancel() for task in crowd.tasks])
        await crowd.come("a", 3)
        await crowd.come("b", 1)
        assert crowd.inside == ["a0", "a1", "b3"]
        await crowd.leave("a0", trouble=False)
        assert crowd.inside == ["a1", "b3", "a2"]


async def test_all_together_take_no_more_than_the_total() -> None:
    async with AsyncExitStack() as stack:
        crowd = Crowd(HostSlots(total=2, per_host=2))
        stack.callback(lambda: [task.cancel() for task in crowd.tasks])
        for host in "abc":
            await crowd.come(host, 1)
        assert crowd.inside == ["a0", "b1"]
        await crowd.leave("a0", trouble=True)
        assert crowd.inside == ["b1", "c2"]


async def test_one_in_trouble_is_tried_one_at_a_time_until_it_is_well() -> None:
    async with AsyncExitStack() as stack:
        crowd = Crowd(HostSlots(total=9, per_host=3))
        stack.callback(lambda: [task.cancel() for task in crowd.tasks])
        await crowd.come("a", 8)
        for name in ("a0", "a1", "a2"):
            await crowd.leave(name, trouble=True)
        assert crowd.inside == ["a3"]
        await crowd.leave("a3", trouble=True)
        assert crowd.inside == ["a4"]
        await crowd.leave("a4", trouble=False)
        assert crowd.inside == ["a5", "a6", "a7"]


async def test_trouble_is_remembered_while_nothing_is_sent_and_wellness_is_not() -> None:
    slots = HostSlots(total=9, per_host=3)
    for host, trouble in (("a", True), ("b", False)):
        async with slots.slot(host):
            slots.report(host, trouble=trouble)
    assert set(slots._hosts) == {"a"}


async def test_one_who_no_longer_wants_its_slot_passes_it_on() -> None:
    async with AsyncExitStack() as stack:
        crowd = Crowd(HostSlots(total=9, per_host=1))
        stack.callback(lambda: [task.cancel() for task in crowd.tasks])
        await crowd.come("a", 4)
        crowd.tasks[1].cancel()
        await crowd.leave("a0", trouble=False)
        assert crowd.inside == ["a2"]
        crowd.tasks[2].cancel()
        await settled()
        assert crowd.inside == ["a3"]
