"""Bad days of what Mercury stands on: no order is lost, no phone rung twice, no result told twice.

`make survive` runs the long ones. What was measured is printed, and lies in build/survival.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from ari_app.ops.asterisk import Installation
from tests.asterisk.callees import Callee
from tests.asterisk.mercury import until
from tests.asterisk.siege import Order, Siege, besieged
from tests.asterisk.survival_report import keep
from tests.asterisk.tones import CONFIRMED, QUESTION
from tests.standins.jupiter import Behaviour, Mode

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_REQUEST_S = 1.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def siege(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    """One for the tests that leave it whole."""
    async with besieged(
        tmp_path_factory.mktemp("siege"),
        installation,
        through_proxy=True,
        asterisk={"request_timeout_s": _REQUEST_S},
        dialer={"callback_timeout_s": 1.0},
    ) as siege:
        yield siege


async def test_a_hundred_posts_of_one_key_are_one_call(siege: Siege) -> None:
    order = siege.order()
    began = time.monotonic()
    taken = await asyncio.gather(*(siege.post(order) for _ in range(100)))
    posted_s = time.monotonic() - began
    again = [await siege.post(order) for _ in range(3)]
    await siege.settled()
    judged = siege.judge([order])
    calls = siege.rows("SELECT to_number FROM calls").count((order.number,))
    answers = {"202": sum(taken), **{str(status): count for status, count in order.refusals.items()}}
    keep("one-key", {"posts": 100, "answers": answers, "calls": calls, "posted_s": posted_s, **judged.figures})
    assert judged.wrong == []
    assert (calls, judged.rings) == (1, 1)
    assert all(again)


@pytest.mark.parametrize("request_line", [b"/channels/create", b"/dial"])
async def test_what_was_accepted_and_not_answered_rings_once(siege: Siege, request_line: bytes) -> None:
    """Asterisk does what it was asked; its answer is lost, and the connection hangs until it times out."""
    assert siege.proxy
    before = siege.proxy.swallowed
    siege.proxy.swallow(request_line)
    order = siege.order()
    await siege.post_all([order])
    await siege.settled()
    judged = siege.judge([order])
    keep(f"unanswered-{request_line.decode().rpartition('/')[2]}", judged.figures)
    assert judged.wrong == []
    assert siege.proxy.swallowed == before + 1
    assert judged.rings == 1


@pytest.mark.parametrize(
    ("mode", "times"), [(Mode.ERROR, 6), (Mode.HANG, 3), (Mode.LOSE, 6), (None, 0)], ids=["500", "hang", "lose", "down"]
)
async def test_every_result_arrives_whatever_jupiter_does(siege: Siege, mode: Mode | None, times: int) -> None:
    """`down`: nothing listens during the whole run; then it comes back."""
    backend = siege.mercury.backend
    if mode is None:
        await backend.go()
    else:
        backend.jupiter.behaviour = Behaviour(mode, times=times)
    orders = [siege.order() for _ in range(3)]
    tries = "SELECT count(*) FROM deliveries"
    before = siege.rows(tries)[0][0]
    await siege.post_all(orders)
    await siege.ended(orders)
    if mode is None:
        assert siege.rows("SELECT count(*) FROM callbacks WHERE status = 'pending'")[0][0] == len(orders)
        await backend.come()
    await siege.settled()
    judged = siege.judge(orders)
    made = siege.rows(tries)[0][0] - before
    keep(f"jupiter-{mode or 'down'}", {"posts": made, **judged.figures})
    assert judged.wrong == []
    assert judged.outcomes.total() == len(orders)
    assert made > len(orders)
    if mode is Mode.LOSE:
        assert judged.deliveries > len(orders), "what was kept without an answer is sent again, under the same id"


@pytest.mark.parametrize("locked_s", [6, pytest.param(30, marks=pytest.mark.slow)])
async def test_a_locked_database_loses_nothing(tmp_path: Path, installation: Installation, locked_s: int) -> None:
    """Another process holds SQLite's write lock. A call that was up hears its prompt to the end, at its pace."""
    patience_s = min(2.0, locked_s / 3)
    async with besieged(
        tmp_path,
        installation,
        question_s=locked_s + 3.0,
        script=_confirms_at_the_end,
        api={"request_timeout_s": patience_s},
    ) as siege:
        live = siege.order()
        await siege.post_all([live])
        await until(partial(_talks, siege, live), "the question", 15)
        locked = await _lock(siege.mercury.run_dir / "mercury.db", locked_s)
        began = time.monotonic()
        orders = [siege.order() for _ in range(5)]
        first = await asyncio.gather(*map(siege.post, orders))
        first_answer_s = time.monotonic() - began
        await siege.post_all(orders)
        unlocked_at = await locked
        await siege.settled(60 + locked_s)
        judged = siege.judge()
        (call,) = siege.callees.calls[live.number]
        early = [order.key for order in orders if order.accepted_at < unlocked_at - _CLOCKS_S]
        refusals = sum((order.refusals for order in orders), Counter[int]())
    figures = {
        "locked_s": locked_s,
        "first answers": {"202": sum(first), "after_s": first_answer_s},
        "refusals by status": dict(refusals),
        "202 before the lock was free": early,
        "longest gap of the live call's audio (ms)": call.longest_gap_ms,
        **judged.figures,
    }
    keep(f"locked-{locked_s}", figures)
    assert judged.wrong == []
    assert early == []
    assert set(refusals) == {503}
    assert not any(order.unkind for order in orders)
    assert judged.outcomes.total() == len(orders) + 1
    assert call.longest_gap_ms < 1000 * patience_s


_CLOCKS_S = 0.2
_HOLD = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""


async def _lock(database: Path, seconds: float) -> asyncio.Task[float]:
    """Have another process lock it; the task gives the (monotonic) time at which it let go."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLD, str(database), str(seconds), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"locked\n"

    async def let_go() -> float:
        assert await process.wait() == 0
        return time.monotonic()

    return asyncio.create_task(let_go())


async def _talks(siege: Siege, order: Order) -> bool:
    return any(QUESTION in call.heard for call in siege.callees.calls.get(order.number, ()))


async def _confirms_at_the_end(call: Callee) -> None:
    """Listens to the whole question, then presses 1."""
    call.pick_up()
    await call.hears(QUESTION)

    async def is_over() -> bool:
        return not call.sounds

    await until(is_over, "the end of the question", 60)
    await call.press("1")
    await call.hears(CONFIRMED)
    await call.ended.wait()
