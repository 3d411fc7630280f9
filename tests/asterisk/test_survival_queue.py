"""A flood of orders in one second: paced, urgent ones first, none after its time, none to a phone that rings."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from ari_app.ops.asterisk import Installation
from tests.asterisk.callees import Callee
from tests.asterisk.mercury import until
from tests.asterisk.siege import Order, Siege, besieged
from tests.asterisk.survival_report import keep

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
URGENT, USUAL, IDLE = 0, 5, 9
_SOON_SINGLY_S = 30
"""By then all are posted, and few have been dialled."""
_SLACK = 0.25
"""Calls that may begin in a second over the pace: marks of the clock, not of the pace."""


@dataclass(frozen=True)
class Flood:
    """How many of each kind, and the pace."""

    urgent: int
    large: int
    """Of one party that posts many."""
    small: int
    """Of another that posts few."""
    same: int
    """To one number."""
    expiring: int
    """To be made at once, and last in line."""
    per_second: float

    @property
    def orders(self) -> int:
        """All of them."""
        return self.urgent + self.large + self.small + self.same + self.expiring


SMALL = Flood(urgent=5, large=14, small=4, same=4, expiring=13, per_second=10)
LARGE = Flood(urgent=60, large=400, small=30, same=10, expiring=500, per_second=20)


async def _busy(call: Callee) -> None:
    """Rings for a moment."""
    call.ring()
    await asyncio.sleep(0.2)
    if not call.ended.is_set():
        call.refuse("486 Busy Here")


@pytest.mark.parametrize(
    ("flood", "singly"),
    [
        pytest.param(SMALL, False, id="small"),
        pytest.param(LARGE, False, marks=pytest.mark.slow, id="large"),
        pytest.param(LARGE, True, marks=pytest.mark.slow, id="singly"),
    ],
)
async def test_a_flood_is_paced_and_in_order(
    tmp_path: Path, installation: Installation, flood: Flood, singly: bool
) -> None:
    """Posted in one request, or each order in one of its own."""
    pace = {"calls_per_second": flood.per_second, "max_concurrent": 40}
    async with besieged(tmp_path, installation, _busy, dialer=pace, numbers=flood.orders) as siege:
        soon = datetime.now(UTC) + timedelta(seconds=_SOON_SINGLY_S if singly else 1)
        kinds = _orders(siege, flood, soon.isoformat())
        orders = list(itertools.chain.from_iterable(kinds.values()))
        began = time.monotonic()
        await (siege.post_all(orders) if singly else siege.post_batch(orders))
        posted_s = time.monotonic() - began
        await siege.settled(60 + 3 * flood.orders / flood.per_second)
        judged = siege.judge()
        figures = {"orders": flood.orders, "posted_s": posted_s, **_figures(siege, kinds), **judged.figures}
        expiring = {order.call_id for order in kinds["expiring"]}
        begun = siege.rows("SELECT call_id, at FROM attempts")
        late = [
            call for call, at in begun if call in expiring and datetime.fromisoformat(at) > soon.replace(tzinfo=None)
        ]
        ended = siege.rows("SELECT outcome, reason FROM calls WHERE attempt_no = 0")
    keep(
        f"flood-{flood.orders}{'-singly' * singly}",
        {**figures, "not dialled": Counter(map(str, ended)), "wrong": judged.wrong},
    )
    assert judged.wrong == []
    assert figures["most in a second"] <= flood.per_second * (1 + _SLACK) + 1
    assert figures["usual ones before an urgent one that was accepted"] <= flood.per_second, "those about to begin"
    assert figures["at once to one number"] == 1
    assert late == [], "none begins after its time"
    if not singly:
        assert figures["of those that expire, dialled in time"] <= flood.per_second
    few, many = (figures[f"median place of {name}"] for name in ("small", "large"))
    assert few < many, "a party of few waits for its turns, not for the end of the other's"


async def test_dialling_that_is_switched_off_stops_within_a_second_and_goes_on_afterwards(
    tmp_path: Path, installation: Installation
) -> None:
    pace = {"calls_per_second": 10, "max_concurrent": 40}
    async with besieged(tmp_path, installation, _busy, dialer=pace, numbers=40) as siege:
        await siege.post_batch([siege.order() for _ in range(40)])
        await until(lambda: _came(siege, 8), "the first calls")
        asked_at = time.monotonic()
        await siege.switch_dialling(False)
        answered_at = time.monotonic()
        await asyncio.sleep(3)
        off = [at for at, _ in siege.callees.invites if at > answered_at]
        waiting = 40 - len(siege.callees.invites)
        await siege.switch_dialling(True)
        await siege.settled()
        judged = siege.judge()
    figures = {
        "answered_ms": (answered_at - asked_at) * 1000,
        "INVITEs after the answer": len(off),
        "last of them_ms": (max(off) - answered_at) * 1000 if off else None,
        "waited while off": waiting,
        **judged.figures,
    }
    keep("switched-off", {**figures, "wrong": judged.wrong})
    assert judged.wrong == []
    assert waiting >= 20, "calls were left to be made"
    assert not any(at > answered_at + 1 for at in off)
    assert judged.rings == 40, "and were made when it was on again"


async def _came(siege: Siege, calls: int) -> bool:
    return len(siege.callees.invites) >= calls


def _orders(siege: Siege, flood: Flood, soon: str) -> dict[str, Sequence[Order]]:
    """The urgent ones are the last of the batch, and those of few behind those of many."""
    same = siege.order(priority=USUAL, party="same")
    return {
        "expiring": [siege.order(priority=IDLE, party="idle", latest_at=soon) for _ in range(flood.expiring)],
        "large": [siege.order(priority=USUAL, party="large") for _ in range(flood.large)],
        "small": [siege.order(priority=USUAL, party="small") for _ in range(flood.small)],
        "same": [same, *(siege.order(same.number, priority=USUAL, party="same") for _ in range(flood.same - 1))],
        "urgent": [siege.order(priority=URGENT, party="urgent") for _ in range(flood.urgent)],
    }


def _figures(siege: Siege, kinds: dict[str, Sequence[Order]]) -> dict[str, Any]:
    invites = siege.callees.invites
    places: dict[str, list[int]] = {}
    for place, (_, number) in enumerate(invites):
        places.setdefault(number, []).append(place)
    numbers = {kind: {order.number for order in orders} for kind, orders in kinds.items()}
    of = {kind: [place for each in its for place in places.get(each, ())] for kind, its in numbers.items()}
    usual = [at for at, number in invites if number not in numbers["urgent"]]
    times = [at for at, _ in invites]
    return {
        "invites": len(invites),
        "calls a second": round((len(times) - 1) / (times[-1] - times[0]), 2),
        "most in a second": max(sum(at <= each < at + 1 for each in times) for at in times),
        "usual ones before an urgent one that was accepted": max(
            sum(order.accepted_at < at < siege.callees.calls[order.number][0].invited_at for at in usual)
            for order in kinds["urgent"]
        ),
        "of those that expire, dialled in time": len(of["expiring"]),
        "at once to one number": _at_once(siege.callees.calls[kinds["same"][0].number]),
        **{f"median place of {kind}": median(found) for kind, found in of.items() if found},
    }


def _at_once(calls: Sequence[Callee]) -> int:
    """Most calls of a phone that overlapped."""
    marks = sorted(mark for call in calls for mark in ((call.invited_at, 1), (call.ended_at, -1)))
    return max(itertools.accumulate(step for _, step in marks))
