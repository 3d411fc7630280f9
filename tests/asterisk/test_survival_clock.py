"""The wall clock of Mercury's machine is set back an hour while vendors are called: no call waits for that hour."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from ari_app.ops.asterisk import Installation
from tests.asterisk.callees import Callee
from tests.asterisk.siege import Siege, besieged, confirms
from tests.asterisk.survival_report import keep
from tests.standins.clock import Clock
from tests.standins.jupiter import Behaviour, Mode

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(Clock.compiler() is None, reason="no C compiler is installed"),
]
_HOUR_S = 3600


async def _busy_at_first(call: Callee) -> None:
    """Every fourth phone is busy once."""
    if int(call.number[-2:]) % 4 == 0 and call.nth == 1:
        call.refuse("486 Busy Here")
        return
    await confirms(call)


@pytest.mark.slow
async def test_a_clock_set_back_an_hour_holds_up_nothing(tmp_path: Path, installation: Installation) -> None:
    clock = Clock(tmp_path / "clock")
    clock.build()
    program = ("tests.standins.clock", str(clock.folder), "ari_app")
    pace = {"calls_per_second": 4.0}
    async with besieged(tmp_path, installation, _busy_at_first, program=program, dialer=pace) as siege:
        siege.mercury.backend.jupiter.behaviour = Behaviour(Mode.ERROR, times=20)
        retries = {"busy": {"times": 2, "wait_s": [3.0]}}
        orders = [siege.order(retries=retries) for _ in range(24)]
        await siege.post_all(orders)
        await asyncio.sleep(2.5)
        clock.set(-_HOUR_S)
        began = time.monotonic()
        later = [siege.order() for _ in range(4)]
        await siege.post_all(later)
        await siege.settled(90)
        took_s = time.monotonic() - began
        unsigned = [line for line in siege.judge().wrong if "was not signed" in line]
        wrong = [line for line in siege.judge().wrong if line not in unsigned]
        judged = siege.judge()
        back = _went_back(siege)
    figures = {"settled after (s)": took_s, "refused by their age": len(unsigned), **judged.figures}
    keep("clock-set-back", {**figures, "attempts by order": dict(_attempts(siege)), "wrong": wrong})
    assert back, "Mercury was to see the clock go back"
    assert wrong == []
    assert judged.rings == judged.attempts


def _went_back(siege: Siege) -> bool:
    times = [datetime.fromisoformat(row[0]) for row in siege.rows("SELECT at FROM events ORDER BY id")]
    return any((before - after).total_seconds() > _HOUR_S / 2 for before, after in pairwise(times))


def _attempts(siege: Siege) -> Counter[int]:
    """How many calls had how many attempts."""
    return Counter(row[0] for row in siege.rows("SELECT attempt_no FROM calls"))
