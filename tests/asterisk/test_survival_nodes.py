"""Two nodes on one PostgreSQL, one of them frozen and thawed; a PostgreSQL that is restarted under load."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk import Installation
from tests.asterisk.mercury import until
from tests.asterisk.siege import Siege, besieged
from tests.asterisk.survival_report import keep
from tests.standins.postgresql import Server, find_programs, server

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_PACE = {"calls_per_second": 4.0, "max_concurrent": 6}


@pytest.fixture
def database() -> Iterator[Server]:
    """A PostgreSQL with the databases `calls` and `queue`."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with server(programs) as running:
        running.create("calls", "queue")
        yield running


def _urls(database: Server) -> dict[str, Any]:
    return {"store_url": database.url.format("calls"), "dialer": {**_PACE, "queue_url": database.url.format("queue")}}


@pytest.mark.slow
async def test_a_frozen_node_is_taken_over_and_does_nothing_once_thawed(
    tmp_path: Path, installation: Installation, database: Server
) -> None:
    async with besieged(tmp_path, installation, numbers=200, **_urls(database)) as siege:
        peer = await siege.peer("node-2", installation)
        await siege.up(peer)
        orders = [siege.order() for _ in range(60)]
        await siege.post_all(orders)

        async def both_dial() -> bool:
            return len({row[0] for row in siege.rows("SELECT node FROM attempts WHERE answered_at IS NOT NULL")}) == 2

        await until(both_dial, "calls of both nodes", 30)
        os.kill(siege.mercury.pid, signal.SIGSTOP)
        frozen_at = time.monotonic()
        had = siege.rows("SELECT count(*) FROM attempts WHERE node = 'node-1' AND ended_at IS NULL")[0][0]

        async def taken_over() -> bool:
            return bool(siege.rows("SELECT count(*) FROM nodes WHERE name = 'node-1' AND lost")[0][0])

        await until(taken_over, "a take-over", 60)
        took_s = time.monotonic() - frozen_at
        await siege.ended(orders, 90)
        rings, written = len(siege.callees.invites), _written_by(siege, "node-1")
        os.kill(siege.mercury.pid, signal.SIGCONT)
        status = await siege.mercury.exited()
        exited_s = time.monotonic() - frozen_at
        await siege.settled(60)
        judged = siege.judge()
        figures = {
            "attempts the frozen node had": had,
            "taken over after (s)": took_s,
            "exit status of the thawed": status,
            "thawed and gone after (s)": exited_s,
            "rings after the thaw": len(siege.callees.invites) - rings,
            "attempts by node": dict(Counter(row[0] for row in siege.rows("SELECT node FROM attempts"))),
            **judged.figures,
        }
        after = _written_by(siege, "node-1")
    keep("frozen-node", {**figures, "wrong": judged.wrong})
    assert judged.wrong == []
    assert had, "it was to be frozen amid calls"
    assert status != 0
    assert figures["rings after the thaw"] == 0
    assert after == written, "the stale node wrote"


def _written_by(siege: Siege, node: str) -> list[tuple[object, ...]]:
    """All facts of the calls that a node had."""
    attempts = "SELECT node, call_id, ordinal, dialled_at, answered_at, ended_at, outcome FROM attempts ORDER BY id"
    calls = "SELECT node, id, status, outcome, ended_at FROM calls ORDER BY id"
    return [row for query in (attempts, calls) for row in siege.rows(query) if row[0] == node]


@pytest.mark.slow
async def test_postgresql_restarted_under_load_loses_nothing(
    tmp_path: Path, installation: Installation, database: Server
) -> None:
    async with besieged(tmp_path, installation, numbers=200, question_s=4.0, **_urls(database)) as siege:
        placed = asyncio.create_task(_place(siege, 40))
        for _ in range(3):
            await asyncio.sleep(2.0)
            await asyncio.to_thread(database.stop)
            await asyncio.sleep(1.0)
            await asyncio.to_thread(database.start)
        await placed
        await siege.settled(120)
        judged = siege.judge()
        gaps = [call.longest_gap_ms for calls in siege.callees.calls.values() for call in calls]
        refusals = sum((order.refusals for order in siege.orders), Counter[int]())
    figures = {
        "restarts": 3,
        "orders": len(siege.orders),
        "refusals by status": dict(refusals),
        "longest gap of any call's audio (ms)": max(gaps),
        **judged.figures,
    }
    keep("postgresql-restarted", {**figures, "wrong": judged.wrong, "troubles": siege.callees.troubles})
    assert judged.wrong == []
    assert judged.said >= len(siege.orders) // 2
    assert max(gaps) < 1500


async def _place(siege: Siege, count: int) -> None:
    for _ in range(count):
        await siege.post_all([siege.order()])
        await asyncio.sleep(0.25)
