"""Two nodes at one order in one moment: decisions, hang-ups, cancellations and ends agree in every mixture."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ari_app.dialer.gate import OpenGate
from ari_app.store.calls import CallStore
from ari_app.store.queue import Begin, Standing
from ari_app.store.records import CallRecord, Decision, Status
from ari_app.store.transactions import Technical
from tests.ari_app.store.samples import NOON, End, new_call

_serial = itertools.count(1)
_CALLS = 2
_ACTS = ("confirm", "reject", "cancel", "hang up", "finish", "begin")


@dataclass(frozen=True)
class Deed:
    """What one node does about one of the order's calls, so many turns of the loop after the others began."""

    act: str
    node: int
    call: int
    turns: int


deeds = st.builds(
    Deed,
    act=st.sampled_from(_ACTS),
    node=st.integers(0, 1),
    call=st.integers(0, _CALLS - 1),
    turns=st.integers(0, 12),
)


@dataclass
class Race:
    """One order with two calls, and what was answered to those who decided."""

    nodes: Sequence[CallStore]
    order: str = field(default_factory=lambda: f"order-{next(_serial)}")
    answers: list[tuple[str, str, Decision]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    @property
    def calls(self) -> list[str]:
        return [f"call_{self.order}_{n}" for n in range(_CALLS)]

    async def prepare(self) -> None:
        for n, call in enumerate(self.calls):
            made = new_call(call, order_id=self.order, inputs={"order_id": self.order}, to=f"+9198123{n:05d}")
            await self.nodes[n % 2].create(made)

    async def run(self, deed: Deed) -> None:
        for _ in range(deed.turns):
            await asyncio.sleep(0)
        node, call = self.nodes[deed.node], self.calls[deed.call]
        acts: Mapping[str, Callable[[], Awaitable[object]]] = {
            "confirm": lambda: self._decide(node, call, "confirmed"),
            "reject": lambda: self._decide(node, call, "rejected"),
            "cancel": lambda: node.orders.cancel(self.order, "sold out", "jupiter"),
            "hang up": lambda: node.end_attempt(call, End(outcome="hung_up"), Technical(16), NOON, 0.5),
            "finish": lambda: node.finish(call, End(Status.FAILED, "failed", "lost"), 0, NOON),
            "begin": lambda: self._begin(node, call),
        }
        await acts[deed.act]()

    async def _decide(self, node: CallStore, call: str, outcome: str) -> None:
        self.answers.append((call, outcome, await node.decide(call, self.order, outcome, {})))

    async def _begin(self, node: CallStore, call: str) -> None:
        turn = await node.begin_attempt(Begin(call, 1, f"channel-{call}", "any", 0, 1e6, 1000), OpenGate())
        self.begun += [call] * (turn.standing is Standing.BEGUN)

    async def end(self) -> list[CallRecord]:
        """All calls end, whoever of the two ends them."""
        for call in self.calls:
            await self.nodes[0].finish(call, End(outcome="hung_up"), 16, NOON)
        found = [await self.nodes[1].get(call) for call in self.calls]
        return [call for call in found if call]


@pytest.fixture
async def nodes(any_url: str) -> AsyncIterator[tuple[CallStore, CallStore]]:
    """Two on the same records, each with a life of its own."""
    first = await CallStore.open(any_url, node="node-1")
    second = await CallStore.open(any_url, node="node-2")
    for node in (first, second):
        await node.join()
    yield first, second
    await first.close()
    await second.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(todo=st.lists(deeds, min_size=2, max_size=8))
async def test_whatever_comes_together_one_decision_stands(
    nodes: tuple[CallStore, CallStore], todo: list[Deed]
) -> None:
    race = Race(nodes)
    await race.prepare()
    await asyncio.gather(*map(race.run, todo))
    records = await race.end()

    order = await nodes[0].orders.get(race.order)
    assert order
    assert len(order.decisions) <= 1
    stands = order.decisions[0] if order.decisions else None
    for call, outcome, answer in race.answers:
        if answer.accepted and stands:
            assert (stands.call_id, stands.outcome) == (call, outcome), "a decision was accepted that does not stand"
        assert stands or not answer.accepted, "a decision was accepted and is not on record"
    for record in records:
        assert record.status.final
        (result,) = await nodes[1].callbacks_of(record.id)
        told = json.loads(result.body)["data"]["outcome"]
        assert told == record.outcome, "the result tells another outcome than the record"
        if stands and stands.call_id == record.id:
            assert told == stands.outcome
        else:
            assert told not in ("confirmed", "rejected")
    assert len(race.begun) == len(set(race.begun)), "one attempt was begun twice"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(todo=st.lists(deeds.filter(lambda deed: deed.act in ("confirm", "reject")), min_size=1, max_size=6))
async def test_a_late_key_cannot_revive_a_canceled_order(nodes: tuple[CallStore, CallStore], todo: list[Deed]) -> None:
    race = Race(nodes)
    await race.prepare()
    await nodes[0].orders.cancel(race.order, "sold out", "jupiter")
    await asyncio.gather(*map(race.run, todo))
    assert not any(answer.accepted for _, _, answer in race.answers)
    order = await nodes[1].orders.get(race.order)
    assert order
    assert not order.decisions
