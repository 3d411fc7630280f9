"""Bad days of what Mercury stands on: no order is lost, no phone rung twice, no result told twice.

`make survive` runs the long ones. What was measured is printed, and lies in build/survival.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from ari_app.ops.asterisk import Installation
from tests.asterisk.mercury import until
from tests.asterisk.siege import besieged
from tests.asterisk.survival_report import keep
from tests.standins.jupiter import Behaviour, Mode

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]


async def test_a_hundred_posts_of_one_key_are_one_call(tmp_path: Path, installation: Installation) -> None:
    async with besieged(tmp_path, installation) as siege:
        order = siege.order()
        began = time.monotonic()
        taken = await asyncio.gather(*(siege.post(order) for _ in range(100)))
        posted_s = time.monotonic() - began
        await siege.settled()
        judged = siege.judge()
        calls = siege.rows("SELECT count(*) FROM calls")[0][0]
    keep("one-key", {"posts": 100, "accepted": sum(taken), "calls": calls, "posted_s": posted_s, **judged.figures})
    assert judged.wrong == []
    assert (sum(taken), calls, judged.rings, judged.said) == (100, 1, 1, 1), order.refusals


@pytest.mark.parametrize("request_line", [b"/channels/create", b"/dial"])
async def test_what_was_accepted_and_not_answered_rings_once(
    tmp_path: Path, installation: Installation, request_line: bytes
) -> None:
    """Asterisk does what it was asked; its answer is lost, and the connection hangs until it times out."""
    async with besieged(tmp_path, installation, through_proxy=True, asterisk={"request_timeout_s": 1.0}) as siege:
        siege.proxy.swallow(request_line)
        await siege.post_all([siege.order()])
        await siege.settled()
        judged = siege.judge()
        swallowed = siege.proxy.swallowed
    keep(f"unanswered-{request_line.decode().rpartition('/')[2]}", {"answers lost": swallowed, **judged.figures})
    assert judged.wrong == []
    assert swallowed == 1
    assert (judged.rings, judged.said) == (1, 1)


@pytest.mark.parametrize(
    ("mode", "times"),
    [(Mode.ERROR, 6), (Mode.HANG, 3), (Mode.LOSE, 6), (None, 0)],
    ids=["500", "hangs", "loses", "down"],
)
async def test_every_result_arrives_whatever_jupiter_does(
    tmp_path: Path, installation: Installation, mode: Mode | None, times: int
) -> None:
    """`down`: nothing listens during the whole run; then it comes back."""
    async with besieged(tmp_path, installation, dialer={"callback_timeout_s": 1.0}) as siege:
        backend = siege.mercury.backend
        if mode is None:
            await backend.go()
        else:
            backend.jupiter.behaviour = Behaviour(mode, times=times)
        await siege.post_all([siege.order() for _ in range(3)])

        async def decided() -> bool:
            return bool(siege.rows("SELECT count(*) FROM calls WHERE ended_at IS NOT NULL")[0][0] == 3)

        await until(decided, "the end of all calls", 30)
        if mode is None:
            assert siege.rows("SELECT count(*) FROM callbacks WHERE status = 'pending'")[0][0] == 3
            await backend.come()
        await siege.settled()
        judged = siege.judge()
        tries = siege.rows("SELECT count(*) FROM deliveries")[0][0]
    keep(f"jupiter-{mode or 'down'}", {"tries": tries, **judged.figures})
    assert judged.wrong == []
    assert judged.said == 3
    assert tries > 3
    if mode is Mode.LOSE:
        assert judged.deliveries > 3, "what was kept without an answer is sent again, under the same id"
